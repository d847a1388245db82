/** The keys that count, each compared without case and separators: `order_id`, `orderId` and `ORDER-ID` are one. */

/** An order's name wherever they stand, best first. */
export const NUMBER_KEYS = [
  ...['ordernumber', 'orderno', 'ordernum', 'ordersn', 'ordercode', 'outtradeno', '订单号', '订单编号'],
] as const;
export const OWN_ID_KEYS = ['orderid', 'orderuuid'] as const;
/** People's number before the shop's id. */
export const REFERENCE_KEYS = [...NUMBER_KEYS, ...OWN_ID_KEYS] as const;

/** An order's name in an object that can only be an order, best first: the id, by which shops' APIs know it. */
export const ID_KEYS = ['id', 'entityid', 'number', 'no', 'sn', 'incrementid'] as const;

export const TYPE_KEYS = [
  ...['event', 'eventtype', 'eventname', 'type', 'messagetype', 'msgtype', 'action', 'pattern', 'topic', 'detailtype'],
  ...['scope', 'task', 'subject', 'name'],
] as const;
/** Of these any word counts, whatever is in them, even in an order itself, whose `type` may be "retail". */
export const EVENT_KEYS: readonly string[] = ['event', 'eventtype', 'eventname', 'action'];
/** Of these only a word that is known: they name people and goods as well. */
export const LOOSE_TYPE_KEYS: readonly string[] = ['subject', 'name'];
export const STATUS_KEYS = ['orderstatus', 'tradestatus', 'tradestate', 'status', 'state'] as const;
/** What an object is: `{"object":"order","id":…}`. */
export const KIND_KEYS = ['object', 'typename', 'kind', 'entity', 'entitytype', 'resourcetype', 'type'] as const;
/** `{"aggregateType":"order","aggregateId":…}` */
export const KINDS_WITH_ID = ['aggregate', 'resource', 'entity', 'object', 'subject', 'target'] as const;
/** When something happened, which says nothing about what an `id` beside it is. */
export const TIME_KEYS = [
  'at',
  'ts',
  'time',
  'timestamp',
  'date',
  'createdat',
  'occurredat',
  'publishedat',
  'sentat',
] as const;

/** What an object or a list under a key is. */
export type Role = 'message' | 'payload' | 'order' | 'note';

const KEYS_BY_ROLE: Readonly<Record<Role, readonly string[]>> = {
  /** Events in a list, each whole. */
  message: ['records', 'events', 'messages'],
  /** What an envelope is about. */
  payload: [
    ...['data', 'payload', 'message', 'msg', 'body', 'content', 'detail', 'event', 'eventdata', 'resource', 'entity'],
    ...['object', 'record', 'sns', 'kwargs'],
  ],
  order: [
    ...['order', 'orderdata', 'orderinfo', 'orderdetail', 'orderdetails', 'orders', 'orderlist'],
    ...REFERENCE_KEYS.map((key) => `${key}s`),
  ],
  /** Remarks: only a name that can be nothing else counts there. */
  note: ['metadata', 'attributes', 'header', 'headers', 'head', 'meta'],
};
export const ROLES: ReadonlyMap<string, Role> = new Map(
  (['message', 'payload', 'order', 'note'] as const).flatMap((role) => KEYS_BY_ROLE[role].map((key) => [key, role])),
);

/** Longer than any of these keys, however it is spelt. */
const LONGEST_KEY = 40;

/** An object's values by normalised key. null and '' count as absent; of two equal keys the first counts. */
export type ValuesByKey = ReadonlyMap<string, unknown>;

export function valuesOf(object: object): ValuesByKey {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) {
    if (value === null || value === '' || key.length > LONGEST_KEY) continue;
    const name = normalised(key);
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** A producer has a handful of keys, and sends them with each event. */
const known = new Map<string, string>();
const KEYS_KEPT = 200;

function normalised(key: string): string {
  const before = known.get(key);
  if (before !== undefined) return before;
  const name = key.toLowerCase().replace(/[\s_.:$@/-]/g, '');
  if (known.size < KEYS_KEPT) known.set(key, name);
  return name;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of `keys` that is present. */
export function firstOf<Key extends string>(values: ValuesByKey, keys: readonly Key[]): Key | undefined {
  return keys.find((key) => values.has(key));
}
