/** What a search found, in the section Find an order. */
export const search = {
  'found.count': '{n} order found.|{n} orders found. Choose one.',
  'found.none': 'Nothing found',
  'found.noneText': 'No order goes by “{text}”: no number, shop ID or tracking number, and no name, phone or email.',
  'found.notHere': 'not found',
  'found.more': 'There are more: type more of it.',
  'found.skipped': '{n} more line was not looked for.|{n} more were not looked for.',
  'found.read': 'Found for “{text}”.',
  'found.back': 'Back to the {n} orders found',
  'found.list': 'Orders found',
  'found.forbidden':
    'By name, phone or email, only operators can search. Sign in with OPS_TOKEN, or search by order number, shop ID or tracking number.',
  'found.unsupported':
    'Your INTERNAL_SYSTEM module has no searchOrders(): it is searched by order number and shop ID only.',
  'found.preparing':
    'The search by name, phone, email and tracking number is being prepared, or could not be (see the log). Try again in a few minutes.',
  'by.order-number': 'order number',
  'by.shop-id': 'shop ID',
  'by.former-number': 'former order number',
  'by.event': 'event',
  'by.tracking-number': 'tracking number',
  'by.phone': 'phone',
  'by.email': 'email',
  'by.name': 'name',
};
