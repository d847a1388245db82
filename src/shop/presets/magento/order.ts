import { addressOf, buyerOf, type Fields, money, statusOf } from '../../toolkit/index.ts';
import { adjustmentsOf, linesOf } from './amounts.ts';

/** What is under way. Any other state keeps an order from being shipped: on hold, under review, an extension's own. */
const OPEN = ['new', 'pending_payment', 'processing'];

/** `state` is Magento's own word; `status` is the merchant's label for it. Cash on delivery is paid at the door. */
export function toStub(order: Fields) {
  const state = order.text('state') ?? 'unknown';
  const [paid, refunded] = [order.money('base_total_paid'), order.money('base_total_refunded')];
  const due = money.minus(order.money('base_grand_total'), paid, order.money('base_total_canceled'));
  const isOver = ['complete', 'closed'].includes(state);
  const isCash = order.text('payment.method') === 'cashondelivery';
  const status = statusOf({
    cancelled: state === 'canceled',
    refunded,
    captured: state === 'closed' ? refunded : paid,
    paid: isOver || isCash || state === 'payment_review' || !money.isAtLeast(due, '0.01'),
    shipped: isOver,
    onHold: !OPEN.includes(state),
  });
  const [orderNumber, shopOrderId] = [order.id('increment_id'), order.id('entity_id')];
  return { orderNumber, shopOrderId, status, updatedAt: order.zoneless('updated_at') };
}

/** Amounts are in the shop's base currency, whatever the buyer paid in, and without tax: Magento has both of each. */
export function toOrder(order: Fields) {
  const stub = toStub(order);
  const base = (name: string) => order.money(`base_${name}`);
  const placed = {
    items: base('subtotal'),
    shipping: base('shipping_amount'),
    tax: base('tax_amount'),
    discount: money.minus(
      money.negate(base('discount_amount')),
      base('discount_tax_compensation_amount'),
      base('shipping_discount_tax_compensation_amnt'),
    ),
    grand: base('grand_total'),
  };
  /** Some of its rows may have been cancelled. An order that was cancelled as a whole keeps its amounts. */
  const left = (amount: string | null, name: string) =>
    stub.status === 'cancelled' ? amount : money.minus(amount, base(`${name}_canceled`));
  const [assignment] = order.list('extension_attributes.shipping_assignments', []);
  const paid = order.money('payment.base_amount_paid');
  const payment = { method: order.text('payment.method'), transactionId: order.text('payment.last_trans_id') };
  return {
    ...stub,
    currency: order.value('base_currency_code'),
    placedAt: order.zoneless('created_at'),
    buyer: {
      ...buyerOf(order.object('billing_address'), order.text('customer_id')),
      email: order.text('customer_email'),
    },
    shippingAddress: addressOf(assignment?.object('shipping.address') ?? null),
    lines: linesOf(order.list('items')),
    totals: {
      items: left(placed.items, 'subtotal'),
      shipping: left(placed.shipping, 'shipping'),
      tax: left(placed.tax, 'tax'),
      taxIncluded: false,
      discount: left(placed.discount, 'discount'),
      adjustments: adjustmentsOf(order),
      refunded: base('total_refunded'),
      grand: left(placed.grand, 'total'),
      original: placed,
    },
    payments: paid === null ? [] : [{ ...payment, amount: paid }],
    buyerNote: order.value('customer_note'),
  };
}
