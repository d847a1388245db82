import type { MessageProperties } from 'amqplib';

/**
 * Anyone can write headers and properties, and amqplib reads some that it cannot write: a table with a key "!", names that
 * are not UTF-8, a number below −2⁶³, tables above 64 KiB. A single one would keep a message from ever being published again,
 * as a retry or a dead letter. So only what can certainly be written travels along; the rest stays behind.
 */

type Headers = Record<string, unknown>;
type Kept = (typeof KEPT)[number];

/** amqplib writes at most 64 KiB of headers; ours must always fit in. */
const MAX_HEADER_BYTES = 32 * 1024;
/** Deeper than any real header, and far from the end of amqplib's stack. */
const MAX_DEPTH = 16;
const MAX_NAME_BYTES = 255;

const TEXTS = ['contentType', 'contentEncoding', 'correlationId', 'messageId', 'replyTo', 'type', 'appId'] as const;
const KEPT = [...TEXTS, 'timestamp', 'priority'] as const;

/** These headers, in their order, as far as they fit into 32 KiB. */
export function portableHeaders(headers: Headers): Headers {
  const kept: Headers = {};
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    const size = entryBytes(name, value, 1);
    if (size === undefined || bytes + size > MAX_HEADER_BYTES) continue;
    bytes += size;
    kept[name] = value;
  }
  return kept;
}

/** What describes the message. Not the expiration, which would delete it, nor the user id, which the broker refuses from anyone else. */
export function portableProperties(properties: MessageProperties): Partial<Pick<MessageProperties, Kept>> {
  const texts = TEXTS.filter((name) => isShort(properties[name]));
  const numbers = [
    ...(isWithin(properties.timestamp, 2 ** 64) ? ['timestamp' as const] : []),
    ...(isWithin(properties.priority, 256) ? ['priority' as const] : []),
  ];
  return Object.fromEntries([...texts, ...numbers].map((name) => [name, properties[name]]));
}

function isShort(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= MAX_NAME_BYTES;
}

function isWithin(value: unknown, limit: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit;
}

/** @returns the most bytes it takes in a table; undefined when it cannot be written */
function entryBytes(name: string, value: unknown, depth: number): number | undefined {
  const size = Buffer.byteLength(name) <= MAX_NAME_BYTES ? valueBytes(value, depth) : undefined;
  return size === undefined ? undefined : 1 + Buffer.byteLength(name) + size;
}

function valueBytes(value: unknown, depth: number): number | undefined {
  if (value === null || typeof value === 'boolean') return 2;
  if (typeof value === 'string') return 5 + Buffer.byteLength(value);
  if (typeof value === 'number') return isWritable(value) ? 9 : undefined;
  if (Buffer.isBuffer(value)) return 5 + value.length;
  if (depth > MAX_DEPTH || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) return sum(value.map((item) => valueBytes(item, depth + 1)));
  if (Object.hasOwn(value, '!')) return typedBytes(value);
  // A key `__proto__` has become the prototype, whose keys amqplib would write too.
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  return sum(Object.entries(value).map(([name, item]) => entryBytes(name, item, depth + 1)));
}

function sum(sizes: readonly (number | undefined)[]): number | undefined {
  let total = 5;
  for (const size of sizes) {
    if (size === undefined) return undefined;
    total += size;
  }
  return total;
}

/** amqplib writes every number from 2⁵⁰ on as a 64-bit integer, and as a double only those beyond its range. */
function isWritable(value: number): boolean {
  return Number.isFinite(value) && value >= -(2 ** 63) && (Number.isInteger(value) || Math.abs(value) < 2 ** 50);
}

/** How amqplib represents a timestamp or a decimal; a publisher's table may look the same. */
function typedBytes(value: object): number | undefined {
  const type: unknown = Reflect.get(value, '!');
  const inner: unknown = Reflect.get(value, 'value');
  if (type === 'timestamp') return isWithin(inner, 2 ** 64) ? 9 : undefined;
  if (type !== 'decimal' || typeof inner !== 'object' || inner === null) return undefined;
  const isDecimal = isWithin(Reflect.get(inner, 'places'), 256) && isWithin(Reflect.get(inner, 'digits'), 2 ** 32);
  return isDecimal && Object.hasOwn(inner, 'places') && Object.hasOwn(inner, 'digits') ? 6 : undefined;
}
