import type { EventType } from '../order-event.ts';

/**
 * What a word says that may name an event, or several words together. Shops spell them in many ways: `com.shop.order.paid`,
 * `OrderPaidEvent`, `ORDER_PAID`.
 */
export interface Word {
  /** False for "order", "Notification" and the like. */
  readonly isName: boolean;
  /** Undefined: unknown. */
  readonly type: EventType | undefined;
  /** It speaks of an order as a whole, not of a part of one. */
  readonly isAboutOrder: boolean;
  /** It speaks, or may speak, of something that is no order: `payment.captured`. */
  readonly isAboutOther: boolean;
}

export const NO_WORD: Word = { isName: false, type: undefined, isAboutOrder: false, isAboutOther: false };

/** The first known type counts. @param word further inside */
export function joined(outer: Word, word: Word): Word {
  if (outer === NO_WORD || word === NO_WORD) return outer === NO_WORD ? word : outer;
  return {
    isName: outer.isName || word.isName,
    type: outer.type ?? word.type,
    isAboutOrder: outer.isAboutOrder || word.isAboutOrder,
    isAboutOther: outer.isAboutOther || word.isAboutOther,
  };
}

/** What is left of a word without "order", what stands before it, case and separators. */
const WORDS: Readonly<Record<Exclude<EventType, 'unspecified'>, string>> = {
  paid:
    'paid pay payed fullypaid markedaspaid payment paysuccess paymentsuccess paymentsucceeded paymentsuccessful ' +
    'paymentcaptured paymentcompleted paymentconfirmed paymentpaid paymentreceived paymentsettled buyerpay buyerpaid ' +
    'ordersuccess chargesucceeded paymentintentsucceeded transactionsuccess waitsellersendgoods ' +
    '付款 已付款 付款成功 支付 已支付 支付成功 支付完成 买家已付款 待发货 等待卖家发货 order成功',
  cancelled:
    'cancelled canceled cancel cancellation cancelation closed close closedbytaobao void voided annulled ' +
    '取消 已取消 被取消 关闭 已关闭 作废 已作废',
  updated:
    'updated update changed change modified edited created create new placed received confirmed pending unpaid ' +
    'refunded refund partiallyrefunded completed complete finished fulfilled shipped delivered dispatched returned ' +
    'statuschanged statusupdated waitbuyerpay waitbuyerconfirmgoods ' +
    'authorized authorised authorize authorise authorization authorisation paymentauthorized paymentauthorised ' +
    'paymentauthorization paymentauthorisation preauthorized preauthorised onhold hold held review inreview underreview ' +
    'paymentreview risk fraud draft edit return returnrequest exchange notpaid partiallypaid partlypaid partpaid ' +
    'partialpayment awaitingpayment paymentpending paymentfailed paymentfailure payfail payfailed ' +
    '授权 已授权 预授权 审核 待审核 已审核 审核通过 挂起 已挂起 冻结 已冻结 风控 草稿 编辑 已编辑 退货 已退货 退货申请 申请退货 ' +
    '申请退款 退款申请 退款中 换货 申请换货 申请取消 取消申请 取消失败 付款失败 支付失败 付款中 支付中 部分付款 部分支付 待确认 已确认 签收 已签收 ' +
    '退款 已退款 退款成功 部分退款 更新 已更新 修改 已修改 创建 已创建 下单 已下单 待付款 未付款 待支付 未支付 发货 已发货 完成 已完成',
};
const TYPES: ReadonlyMap<string, EventType> = new Map(
  (['paid', 'cancelled', 'updated'] as const).flatMap((type) => WORDS[type].split(' ').map((word) => [word, type])),
);

const ORDER = /^(?:orders?|trades?)$/;
/** Before "order": not a customer's order. */
const OTHER_ORDERS = /^(?:draft|purchase|work|return|transfer|credit|sub|pre)$/;
/** Between "order" and what happened: a part of the order, with an id of its own. */
const PARTS =
  /^(?:items?|lines?|payments?|transactions?|shipments?|fulfill?ments?|deliver(?:y|ies)|returns?|refunds?|invoices?|notes?|documents?|address(?:es)?)$/;
/** Without "order": things with an id of their own. */
const OTHERS =
  /^(?:payments?|charges?|intents?|invoices?|refunds?|returns?|transactions?|shipments?|fulfill?ments?|customers?|users?|products?|carts?|baskets?|checkouts?|quotes?|subscriptions?)$/;
/** "authorized", "requested", and not "feed". */
const PARTICIPLE = /^[a-z]{3,}[^e]ed$/;
/** Says only that it is an event. */
const NOISE =
  /^(?:events?|messages?|notifications?|integration|domain|jobs?|webhooks?|topics?|dto|unspecified|v|\p{N}+)$/u;
const TOKEN = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\p{N}+/gu;
/** No event has a longer name. */
const LONGEST_WORD = 200;

/** A producer has a handful of words, and sends one with each event. */
const read = new Map<string, Word>();
const WORDS_KEPT = 200;

export function readWord(text: string): Word {
  const before = read.get(text);
  if (before !== undefined) return before;
  const word = newWord(text);
  if (read.size < WORDS_KEPT && text.length <= LONGEST_WORD) read.set(text, word);
  return word;
}

function newWord(text: string): Word {
  const known = TYPES.get(text);
  if (known !== undefined) return { isName: true, type: known, isAboutOrder: false, isAboutOther: OTHERS.test(text) };
  const tokens = tokensOf(text);
  const place = tokens.findLastIndex((token) => ORDER.test(token));
  const what = tokens.slice(place + 1);
  // "cancel_order" says it the other way round.
  const rest = (what.length > 0 ? what : tokens.slice(0, Math.max(place, 0)))
    .join('')
    .replace(/^order(?=.)|订单|交易/g, '');
  const isOrder = place >= 0 || /^orders?|订单|交易/i.test(text);
  const isPart = OTHER_ORDERS.test(tokens[place - 1] ?? '') || (what.length > 1 && PARTS.test(what[0] ?? ''));
  const isOther = tokens.some((token) => OTHERS.test(token));
  return {
    isName: rest !== '',
    type: typeOf(rest, isOrder) ?? (happenedTo(what, isOrder || isOther) ? 'updated' : undefined),
    isAboutOrder: isOrder && !isPart,
    isAboutOther: isOrder ? isPart : isOther,
  };
}

function typeOf(rest: string, isOrder: boolean): EventType | undefined {
  // "trade_success" says something, "success" alone does not; "order.state.cancelled" says the same as "order.cancelled".
  return (
    TYPES.get(rest) ?? TYPES.get(rest.replace(/^stat(?:e|us)/, '')) ?? (isOrder ? TYPES.get(`order${rest}`) : undefined)
  );
}

/** `order.authorized` names an event that nobody needs to know; `orders.eu` may name a queue. */
function happenedTo(what: readonly string[], isSomething: boolean): boolean {
  return isSomething && PARTICIPLE.test(what.at(-1) ?? '');
}

/** `Shop.OrderPaidEvent, Shop` (.NET) → shop, order, paid */
function tokensOf(text: string): string[] {
  if (text.length > LONGEST_WORD) return [];
  const [name = ''] = text.split(',');
  const tokens = (name.match(TOKEN) ?? []).map((token) => token.toLowerCase());
  return tokens.slice(0, tokens.findLastIndex((token) => !NOISE.test(token)) + 1);
}
