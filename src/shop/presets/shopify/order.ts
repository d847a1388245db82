import { addressOf, type Fields, money, statusOf } from '../../toolkit/index.ts';

/** No money is behind a test order, so it is never to be shipped. Cash on delivery is paid at the door. */
export function toStub(order: Fields) {
  const [payment, fulfilment] = [order.text('payment'), order.id('fulfilment')];
  const isCash = payment === 'PENDING' && /cash on delivery/i.test(String(order.value('gateways')));
  const status = statusOf({
    cancelled: order.text('cancelledAt') !== null,
    refunded: payment === 'REFUNDED',
    paid: payment === null ? order.flag('fullyPaid') : isCash || ['PAID', 'PARTIALLY_REFUNDED'].includes(payment),
    shipped: fulfilment === 'FULFILLED',
    onHold: order.flag('test') || ['ON_HOLD', 'SCHEDULED'].includes(fulfilment),
  });
  return { ...pick(order, 'orderNumber shopOrderId updatedAt'), status };
}

/**
 * Amounts are in the shop's own currency, whatever the buyer paid in, and as they are now: what was edited, returned or refunded is
 * off them. A discount on the whole order stands in the lines that Shopify allocated it to.
 */
export function toOrder(order: Fields) {
  const taxIncluded = order.flag('taxIncluded');
  const payments = order.list('transactions').filter(isPayment);
  const lines = order.list('lineItems').map((line) => {
    const [quantity, ordered] = [line.number('quantity'), line.number('ordered')];
    // Not the line's original total: an edit may have added units since.
    const full = money.product(line.money('price'), ordered);
    const reduced = money.minus(full, line.sum('discounts', 'amount'));
    const amounts = { full, reduced, tax: line.sum('taxes', 'amount'), taxIncluded };
    const known = { lineId: line.id('id').split('/').at(-1), ...pick(line, 'sku name requiresShipping') };
    return { ...known, ...money.line({ quantity, ordered, ...amounts }) };
  });
  const discount = money.sum(...lines.map((line) => line.discount));
  const stub = toStub(order);
  return {
    ...stub,
    ...pick(order, 'placedAt cancelledAt cancelReason currency buyerNote'),
    paidAt: stub.status === 'pending' ? null : payments.at(-1)?.text('paidAt'),
    buyer: { ...pick(order, 'email phone'), id: order.text('customer.id'), name: order.text('customer.name') },
    shippingAddress: addressOf(order.object('shippingAddress')),
    lines,
    totals: {
      ...pick(order, 'shipping tax taxIncluded refunded grand'),
      items: money.sum(order.money('subtotal'), discount),
      discount,
      adjustments: [
        money.adjustment(order.flag('dutiesIncluded') ? 0 : order.money('duties'), 'Duties'),
        money.adjustment(order.money('fees'), 'Additional fees'),
        { kind: 'other', label: 'Tip', amount: order.money('tip') },
      ].filter(({ amount }) => money.isPositive(amount)),
      original: { grand: order.money('placed') },
    },
    payments: payments.map((each) => pick(each, 'method transactionId amount paidAt')),
  };
}

/** A capture takes what an authorization has set aside. */
function isPayment(transaction: Fields): boolean {
  return ['SALE', 'CAPTURE'].includes(transaction.id('kind')) && transaction.id('status') === 'SUCCESS';
}

function pick(raw: Fields, names: string): Record<string, unknown> {
  return Object.fromEntries(names.split(' ').map((name) => [name, raw.value(name)]));
}
