import type { OrderStatus } from '../../../orders/order.ts';
import { normalised } from './leaves.ts';

/** What a word for an order's state, its payment's or its parcel's says, in English, pinyin and Chinese. */
const WORDS: Readonly<Record<OrderStatus, string>> = {
  pending: `pending unpaid new created open draft placed awaitingpayment pendingpayment paymentpending waitbuyerpay waitpay
    notpaid notpay nopay authorized partiallypaid failed paymentauthorized arrangingpayment balancedue
    待付款 未付款 待支付 未支付 等待付款 等待买家付款 daifukuan weifukuan daizhifu weizhifu`,
  paid: `paid payed processing process captured settled charged fullycharged fullypaid confirmed paymentreceived paymentaccepted paymentsettled
    awaitingshipment awaitingfulfillment waitsellersendgoods readytoship tobeshipped partiallyrefunded toship waitship
    已付款 已支付 待发货 付款成功 支付成功 买家已付款 未发货 yifukuan yizhifu daifahuo`,
  completed: `completed complete shipped delivered finished done fulfilled success sent partiallyshipped received
    waitbuyerconfirmgoods tradebuyersigned tradefinished tradesuccess
    已发货 已完成 已签收 已收货 待收货 交易成功 交易完成 完成 yifahuo yiwancheng daishouhuo`,
  refunded: 'refunded refund fullyrefunded refundsuccess 已退款 退款成功 全额退款 yituikuan',
  cancelled: `cancelled canceled cancel closed voided void tradeclosed tradeclosedbytaobao expired invalid trash
    已取消 取消 已关闭 交易关闭 关闭 已作废 作废 无效 yiquxiao yiguanbi`,
  on_hold: 'onhold holded hold paymentreview fraud review 挂起 待审核',
};

const STATUSES: ReadonlyMap<string, OrderStatus> = new Map(
  Object.entries(WORDS).flatMap(([status, words]) =>
    words.split(/\s+/).map((word) => [word, status as OrderStatus] as const),
  ),
);

/** Undefined for a code, and for a word that only this shop knows. */
export function statusOfWord(word: string): OrderStatus | undefined {
  const name = normalised(word);
  return STATUSES.get(name) ?? STATUSES.get(name.replace(/^(?:order|trade|payment|pay|订单)?(?:status|state)?/, ''));
}
