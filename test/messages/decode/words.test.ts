import { describe, expect, it } from 'vitest';
import { decode } from './helpers.ts';

function typeOf(event: unknown): unknown {
  const decoded = decode({ orderNumber: '10086', event });
  return 'type' in decoded ? decoded.type : decoded;
}

describe('the words for', () => {
  it.each([
    ...['paid', 'order.paid', 'orders/paid', 'orderPaid', 'orderpaid', 'ORDER_PAID', 'OrderPaid', 'OrderPaidEvent'],
    ...[
      'com.shop.order.paid',
      'shop.orders.v2.order.paid.v1',
      'urn:message:Shop.Events:OrderPaid',
      'Shop.OrderPaid, Shop',
    ],
    ...['App\\Message\\OrderPaidMessage', 'order.state.paid', 'ORDER_FULLY_PAID', 'pay_success', 'payment.captured'],
    ...['ORDER_PAY_SUCCESS', 'TRADE_SUCCESS', 'trade_TradePaid', 'TradeBuyerPay', 'WAIT_SELLER_SEND_GOODS'],
    ...['已付款', '已支付', '支付成功', '订单已支付', '买家已付款', '交易成功'],
  ])('paid: %s', (word) => {
    expect(typeOf(word)).toBe('paid');
  });

  it.each([
    ...[
      'cancelled',
      'canceled',
      'order:cancel',
      'orders/cancelled',
      'OrderCancelledEvent',
      'CancelOrder',
      'order.voided',
    ],
    ...['com.shop.order.canceled', 'TRADE_CLOSED', 'TRADE_CLOSED_BY_TAOBAO', 'TradeClose', 'order.state.cancelled'],
    ...['已取消', '订单已取消', '取消订单', '交易关闭', '已作废'],
  ])('cancelled: %s', (word) => {
    expect(typeOf(word)).toBe('cancelled');
  });

  it.each([
    ...[
      'updated',
      'order-created',
      'order.refunded',
      'OrderStatusChanged',
      'orders/edited',
      '退款',
      '已退款',
      '待付款',
    ],
    // Named, and known to nobody: never paid, and never cancelled.
    ...['shipped_back_to_the_moon', 'order.not_paid', 'order.unpaid', 'order.payment_failed', 'order.cancel_requested'],
    ...['order.item.cancelled', 'subscription.cancelled', 'invoice.paid', 'order.paid.partially', 'success', '成功'],
  ])('updated: %s', (word) => {
    expect(typeOf(word)).toBe('updated');
  });

  it.each([[''], [null], ['order'], ['orders'], ['Notification'], ['unspecified'], [7], [{ cmd: 7 }], [[]]])(
    'nothing: %j',
    (word) => {
      expect(typeOf(word)).toBe('unspecified');
    },
  );

  it.each(['event', 'event_type', 'eventType', 'type', 'action', 'topic', 'pattern', 'messageType', 'detail-type'])(
    'an event stand under %s',
    (key) => {
      expect(decode({ orderId: 1, [key]: 'order.cancelled' })).toMatchObject({ type: 'cancelled' });
    },
  );
});
