import { addressText } from '../../../orders/address-text.ts';
import { orderSchema } from '../../../orders/order.ts';
import type { Role } from '../../http/access.ts';
import type { OrderDetails, Personal } from '../messages.ts';

/** The rest of a stored order, besides its lines. Personal values are for operators only; fields we do not know are left out. */
export function orderDetails(document: string, role: Role): OrderDetails | null {
  const order = parsed(document);
  if (order === null) return null;
  const personal = (value: string | null): Personal => personalValue(value, role);
  const { buyer, shippingAddress: address, totals, payments } = order;
  return {
    buyer: personal([...new Set([buyer?.name, address?.recipient])].filter(Boolean).join(' → ')),
    email: personal(buyer?.email ?? null),
    phone: personal(address?.phone || (buyer?.phone ?? null)),
    address: personal(addressText(address)),
    buyerNote: personal(order.buyerNote),
    cancelReason: personal(order.cancelReason),
    totals: {
      items: totals.items,
      shipping: totals.shipping,
      tax: totals.tax,
      discount: totals.discount,
      refunded: totals.refunded,
      grand: totals.grand,
    },
    adjustments: totals.adjustments?.map(({ kind, amount }) => ({ kind, amount })) ?? [],
    payments: payments.map(({ method, amount, paidAt }) => ({ method, amount, paidAt })),
  };
}

export function personalValue(value: string | null, role: Role): Personal {
  if (value === null || value === '') return null;
  return role === 'operator' ? value : { hidden: true };
}

/** Null if the document cannot be read, because someone changed it by hand. */
function parsed(document: string) {
  try {
    return orderSchema.parse(JSON.parse(document));
  } catch {
    return null;
  }
}
