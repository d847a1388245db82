import type { Order } from './order.ts';

/**
 * The same order without anything that may say who bought it: names, addresses, notes, payment references, and every field that is
 * not known here. What was sold, for how much, when, and to which country stays.
 */
export function withoutBuyer(order: Order): Order {
  const { orderNumber, shopOrderId, status, currency, placedAt, paidAt, cancelledAt, updatedAt } = order;
  const { lines, payments, totals, shippingAddress } = order;
  return {
    ...{ orderNumber, shopOrderId, status, currency, placedAt, paidAt, cancelledAt, updatedAt },
    cancelReason: null,
    buyer: null,
    shippingAddress: withoutRecipient(shippingAddress),
    lines: lines.map(knownLine),
    totals: knownTotals(totals),
    payments: payments.map(({ method, amount, paidAt }) => ({ method, transactionId: null, amount, paidAt })),
    buyerNote: null,
  };
}

function withoutRecipient(address: Order['shippingAddress']): Order['shippingAddress'] {
  if (address === null) return null;
  const nobody = {
    recipient: null,
    phone: null,
    province: null,
    city: null,
    district: null,
    lines: [],
    postcode: null,
  };
  return { ...nobody, country: address.country };
}

function knownLine(line: Order['lines'][number]): Order['lines'][number] {
  const { lineId, sku, name, quantity, unitPrice, discount, tax, lineTotal, requiresShipping, unitPriceDerived } = line;
  return {
    ...{ lineId, sku, name, quantity, unitPrice, discount, tax, lineTotal },
    ...(requiresShipping === undefined ? {} : { requiresShipping }),
    ...(unitPriceDerived === undefined ? {} : { unitPriceDerived }),
  };
}

function knownTotals(sums: Order['totals']): Order['totals'] {
  const { items, shipping, tax, discount, refunded, grand, taxIncluded, adjustments, original } = sums;
  return {
    ...{ items, shipping, tax, discount, refunded, grand },
    ...(taxIncluded === undefined ? {} : { taxIncluded }),
    ...(adjustments === undefined
      ? {}
      : { adjustments: adjustments.map(({ kind, amount }) => ({ kind, label: null, amount })) }),
    ...(original === undefined ? {} : { original: original === null ? null : knownOriginal(original) }),
  };
}

function knownOriginal(sums: NonNullable<NonNullable<Order['totals']['original']>>) {
  const { items, shipping, tax, discount, grand } = sums;
  return { items, shipping, tax, discount, grand };
}
