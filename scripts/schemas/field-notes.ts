/** What a person needs to know of a field. */
export interface FieldNote {
  readonly meaning: string;
  /** Who may leave it out, or send null; absent for a field that every order has. */
  readonly lacking?: string;
  /** As the shop may send it. */
  readonly example: unknown;
}

/** Every field of the canonical order, in its order: a test compares the names with the schema. */
export const FIELD_NOTES: Readonly<Record<string, FieldNote>> = {
  orderNumber: {
    meaning: 'How people call the order: what the buyer reads in the confirmation. Unique in the shop.',
    example: '20261122000123456789',
  },
  shopOrderId: {
    meaning:
      'The shop\u2019s own id, which never changes: the order\u2019s identity. A shop with one name for both sends it twice.',
    example: '98231',
  },
  status: {
    meaning:
      'What the warehouse needs: `pending` (not paid), `paid` (pick and ship it), `on_hold` (paid, but do not ship it yet), ' +
      '`completed`, `refunded` (all of it), `cancelled`.',
    example: 'paid',
  },
  currency: { meaning: 'ISO 4217 code, of every amount in the order.', example: 'CNY' },
  placedAt: { meaning: 'When the buyer placed it. Never changes.', example: '2026-11-22T08:00:00Z' },
  paidAt: {
    meaning: 'When the payment was complete.',
    lacking: 'orders that are not paid; shops that do not know',
    example: '2026-11-22T08:00:04Z',
  },
  cancelledAt: {
    meaning: 'When it was cancelled.',
    lacking: 'orders that are not cancelled; shops that do not know',
    example: null,
  },
  updatedAt: {
    meaning: 'When anything in it last changed. The later version wins, so it must move forward with every change.',
    example: '2026-11-22T08:00:05.120Z',
  },
  cancelReason: { meaning: 'Why it was cancelled.', lacking: 'anyone', example: null },
  buyer: { meaning: 'Who bought it.', lacking: 'guests', example: null },
  'buyer.id': { meaning: 'The shop\u2019s id of the customer.', lacking: 'guests', example: 'u-5512' },
  'buyer.name': { meaning: 'The whole name, as it is written.', lacking: 'anyone', example: '王小明' },
  'buyer.email': { meaning: 'Email address.', lacking: 'anyone', example: 'xiaoming@example.com' },
  'buyer.phone': { meaning: 'Telephone number.', lacking: 'anyone', example: '+86 138 0000 0000' },
  shippingAddress: {
    meaning: 'Where the parcel goes.',
    lacking: 'digital goods, and those that the buyer picks up',
    example: null,
  },
  'shippingAddress.recipient': {
    meaning: 'Who receives it. May be another person than the buyer.',
    lacking: 'anyone',
    example: '王小明',
  },
  'shippingAddress.phone': { meaning: 'For the courier.', lacking: 'anyone', example: '+86 138 0000 0000' },
  'shippingAddress.country': {
    meaning: 'ISO 3166 code, or the country\u2019s name.',
    lacking: 'anyone',
    example: 'CN',
  },
  'shippingAddress.province': { meaning: 'Province, state or region.', lacking: 'anyone', example: '浙江省' },
  'shippingAddress.city': { meaning: 'City or town.', lacking: 'anyone', example: '杭州市' },
  'shippingAddress.district': { meaning: 'District or county.', lacking: 'anyone', example: '西湖区' },
  'shippingAddress.lines': {
    meaning: 'Street, house, floor, company: in the order in which they are written.',
    lacking: 'anyone',
    example: ['文三路 1 号 2 幢 301'],
  },
  'shippingAddress.postcode': { meaning: 'Postcode.', lacking: 'anyone', example: '310000' },
  lines: {
    meaning: 'What is to be shipped *now*: without what was cancelled or returned. `[]` if nothing is.',
    lacking: 'orders that are cancelled or refunded',
    example: [],
  },
  'lines[].lineId': { meaning: 'The shop\u2019s id of the line.', lacking: 'anyone', example: '1' },
  'lines[].sku': {
    meaning: 'The article, as the warehouse knows it.',
    lacking: 'products that were deleted since, or never had one',
    example: 'TEA-LJ-250',
  },
  'lines[].name': { meaning: 'The product\u2019s name.', lacking: 'anyone', example: '龙井茶 250g' },
  'lines[].quantity': {
    meaning: 'How many. A fraction for goods sold by weight; negative for what comes back, as in an exchange.',
    example: 2,
  },
  'lines[].unitPrice': { meaning: 'Price of one, before `discount`.', lacking: 'anyone', example: '59.90' },
  'lines[].discount': { meaning: 'What is taken off the whole line; positive.', lacking: 'anyone', example: '10.00' },
  'lines[].tax': { meaning: 'Tax of the whole line.', lacking: 'anyone', example: '0.00' },
  'lines[].lineTotal': { meaning: 'What the line costs.', lacking: 'anyone', example: '109.80' },
  'lines[].requiresShipping': {
    meaning: 'False for a download, a service, a gift card by email.',
    lacking: 'anyone',
    example: true,
  },
  'lines[].unitPriceDerived': {
    meaning:
      'True if `unitPrice` was got by dividing, as the shop knows only the line\u2019s total. Round it to four places; the line is ' +
      'not checked then.',
    lacking: 'anyone',
    example: false,
  },
  totals: { meaning: 'The sums as they are *now*, after edits and cancelled lines.', example: { grand: '129.40' } },
  'totals.items': { meaning: 'All lines.', lacking: 'anyone; the sum is not checked then', example: '119.40' },
  'totals.shipping': { meaning: 'Shipping and handling.', lacking: 'anyone; counts as 0', example: '10.00' },
  'totals.tax': {
    meaning: 'All tax. Added to the sum unless `taxIncluded`.',
    lacking: 'anyone; counts as 0',
    example: '0.00',
  },
  'totals.discount': {
    meaning: 'What is taken off the order and is not in `items` already; positive.',
    lacking: 'anyone; counts as 0',
    example: '0.00',
  },
  'totals.refunded': {
    meaning: 'What was paid back. No part of the sum: `grand` stays.',
    lacking: 'anyone',
    example: '0.00',
  },
  'totals.grand': { meaning: 'What the buyer pays in all.', example: '129.40' },
  'totals.taxIncluded': {
    meaning:
      'Whether prices contain the tax. Send it: without it, an order whose tax was forgotten looks like one whose prices contain it.',
    lacking: 'anyone; then either reading will do',
    example: false,
  },
  'totals.adjustments': {
    meaning: 'Whatever else is part of `grand`, by name.',
    lacking: 'orders without any',
    example: [],
  },
  'totals.adjustments[].kind': {
    meaning: '`surcharge`, `fee`, `gift_card`, `rounding`, `discount` or `other`.',
    example: 'gift_card',
  },
  'totals.adjustments[].label': { meaning: 'As the buyer reads it.', lacking: 'anyone', example: 'Gift card' },
  'totals.adjustments[].amount': {
    meaning: 'Added to `grand`: negative for what lowers it, as a gift card does.',
    example: '-20.00',
  },
  'totals.original': {
    meaning: 'The sums as they were when the order was placed. Kept, and not checked.',
    lacking: 'shops that do not know; orders that never changed',
    example: null,
  },
  'totals.original.items': { meaning: 'All lines, then.', lacking: 'anyone', example: '119.40' },
  'totals.original.shipping': { meaning: 'Shipping, then.', lacking: 'anyone', example: '10.00' },
  'totals.original.tax': { meaning: 'Tax, then.', lacking: 'anyone', example: '0.00' },
  'totals.original.discount': { meaning: 'Discount, then.', lacking: 'anyone', example: '0.00' },
  'totals.original.grand': { meaning: 'What the buyer was to pay.', lacking: 'anyone', example: '129.40' },
  payments: { meaning: 'The payments that were made.', lacking: 'anyone; means none', example: [] },
  'payments[].method': { meaning: 'By what means.', lacking: 'anyone', example: 'alipay' },
  'payments[].transactionId': {
    meaning: 'The payment provider\u2019s reference.',
    lacking: 'anyone',
    example: '2026112222001400001',
  },
  'payments[].amount': { meaning: 'How much.', lacking: 'anyone', example: '129.40' },
  'payments[].paidAt': { meaning: 'When.', lacking: 'anyone', example: '2026-11-22T08:00:04Z' },
  buyerNote: { meaning: 'What the buyer wrote with the order.', lacking: 'anyone', example: '请周末送货' },
};
