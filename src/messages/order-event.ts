import { SyncError } from '../errors.ts';
import { parseExactJson } from '../orders/exact-json.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../orders/order-reference.ts';

/**
 * What an event says happened. It is a hint: the order itself is always fetched. `unspecified` is an event with no type, or
 * an unknown one: the website publishes on payment and cancellation, so it means one of the two.
 */
export const EVENT_TYPES = ['paid', 'cancelled', 'updated', 'unspecified'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface OrderEvent {
  /** The order number, or the shop's own id: whichever the shop published. */
  readonly reference: string;
  readonly type: EventType;
}

/** Keys of an order reference, best first; compared without case, `_` and `-`. */
const REFERENCE_KEYS = ['ordernumber', 'orderno', 'ordersn', 'orderid'];
/** Keys that may name the event instead, when the order is an object inside it. */
const VAGUE_REFERENCE_KEYS = ['number', 'id'];
/** Where some shops nest the order. */
const ORDER_OBJECT_KEYS = ['order', 'data', 'payload'];
const TYPE_KEYS = ['event', 'eventtype', 'type', 'action'];
/** Longer than any of these keys, however it is spelt. */
const LONGEST_KEY = 40;

const TYPE_ALIASES: Readonly<Record<string, EventType>> = {
  paid: 'paid',
  pay: 'paid',
  payment: 'paid',
  paysuccess: 'paid',
  paymentsuccess: 'paid',
  paymentcaptured: 'paid',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  cancel: 'cancelled',
  closed: 'cancelled',
  updated: 'updated',
  update: 'updated',
  changed: 'updated',
  created: 'updated',
  placed: 'updated',
  refunded: 'updated',
  completed: 'updated',
  shipped: 'updated',
};

/** The largest event worth decoding. Most have a few dozen bytes; some shops publish the whole order. */
export const MAX_EVENT_BYTES = 1024 * 1024;
/** Ample for an event that holds a whole order. */
const MAX_EVENT_VALUES = 20_000;

/**
 * Bytes of a message → the event they stand for: a JSON object with one of the known keys, a JSON string, a JSON number
 * (its digits as written) or bare text. UTF-8 only.
 *
 * @throws SyncError `malformed_event`
 */
export function decodeOrderEvent(content: Uint8Array): OrderEvent {
  const text = decodeUtf8(content).trim();
  if (text === '') throw malformed('the message is empty');
  if (!/^[{["]/.test(text)) return { reference: checkedReference(bareReference(text)), type: 'unspecified' };
  const value = parseJson(text);
  if (typeof value === 'string') return { reference: checkedReference(value.trim()), type: 'unspecified' };
  if (!isObject(value)) {
    throw malformed('a JSON list was found, expected an object, a string or a number');
  }
  const event = valuesOf(value);
  const order = ORDER_OBJECT_KEYS.map((key) => event.get(key)).find(isObject);
  return { reference: checkedReference(findReference(event, order)), type: eventType(firstOf(event, TYPE_KEYS)) };
}

/** The event type that a person or a shop means by this word; `unspecified` if it is unknown. */
export function eventType(word: unknown): EventType {
  if (typeof word !== 'string') return 'unspecified';
  const last = normalised(word.replace(/^\s*orders?/i, ''));
  return Object.hasOwn(TYPE_ALIASES, last) ? (TYPE_ALIASES[last] ?? 'unspecified') : 'unspecified';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(content: Uint8Array): string {
  if (content.byteLength > MAX_EVENT_BYTES) {
    throw malformed(`the message has ${content.byteLength} bytes, expected at most ${MAX_EVENT_BYTES}`);
  }
  try {
    return utf8.decode(content);
  } catch (cause) {
    throw malformed('the message is not UTF-8 text', cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text, MAX_EVENT_VALUES);
  } catch {
    // Without a cause: the parser's error quotes the message, which may hold anything.
    throw malformed('the message looks like JSON but cannot be parsed');
  }
}

/** Text that JSON reads as anything but a plain whole number (`null`, `1e5`, `-3`, `1.0`) names no order. */
function bareReference(text: string): string {
  if (/^(?:null|true|false)$/.test(text)) throw malformed(`found the JSON literal ${text}`);
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && !/^\d+$/.test(text)) {
    throw malformed('found a number that is not a whole number');
  }
  return text;
}

function findReference(event: ValuesByKey, orderObject: object = {}): string {
  const order = valuesOf(orderObject);
  const found =
    firstOf(event, REFERENCE_KEYS) ??
    firstOf(order, REFERENCE_KEYS) ??
    firstOf(order, VAGUE_REFERENCE_KEYS) ??
    firstOf(event, VAGUE_REFERENCE_KEYS);
  if (typeof found === 'string') return found.trim();
  if (typeof found === 'number' && Number.isSafeInteger(found) && found >= 0) return String(found);
  throw malformed(
    found === undefined
      ? 'no order number found, expected a key such as "orderNumber"'
      : 'the order number is neither text nor a whole number',
  );
}

type ValuesByKey = ReadonlyMap<string, unknown>;

/** An object's values by normalised key. null and '' count as absent; of two equal keys the first counts. */
function valuesOf(object: object): ValuesByKey {
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(object)) {
    if (value === null || value === '' || key.length > LONGEST_KEY) continue;
    const name = normalised(key);
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** The value of the first of `keys` that is present. */
function firstOf(values: ValuesByKey, keys: readonly string[]): unknown {
  const key = keys.find((candidate) => values.has(candidate));
  return key === undefined ? undefined : values.get(key);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function normalised(word: string): string {
  return word.toLowerCase().replace(/[_.:/\s-]/g, '');
}

function checkedReference(reference: string): string {
  if (!isOrderReference(reference)) throw malformed(`the order number is not ${ORDER_REFERENCE_RULE}`);
  return reference;
}

function malformed(problem: string, cause?: unknown): SyncError {
  return new SyncError('malformed_event', `Malformed event: ${problem}.`, { cause });
}
