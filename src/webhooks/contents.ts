import type { IncomingHttpHeaders } from 'node:http';
import { SyncError } from '../errors.ts';
import { readBody } from '../messages/decode/body.ts';
import { decodeOrderEvent, type EventMessage, eventOfOneOrder, namesSeveral } from '../messages/decode/decode-event.ts';
import { isObject } from '../messages/decode/keys.ts';
import { malformed } from '../messages/decode/malformed.ts';
import { readWord } from '../messages/decode/words.ts';
import type { EventType, OrderEvent } from '../messages/order-event.ts';
import { parseExactJson } from '../orders/exact-json.ts';
import { isOrderReference } from '../orders/order-reference.ts';
import type { PresetName } from './presets.ts';

export type Contents =
  /** `isWhole`: nothing in it named an order that could not be read. */
  | { readonly kind: 'orders'; readonly events: readonly OrderEvent[]; readonly isWhole: boolean }
  /** About some order, but it does not say which. */
  | { readonly kind: 'unnamed' }
  /** About something else: a product, a customer. */
  | { readonly kind: 'other' }
  /** The shop tries out the address. */
  | { readonly kind: 'ping' };

export interface ReceivedWebhook {
  /** Undefined when it was too large to be kept. */
  readonly body: Buffer | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What a genuine webhook says. What cannot be read is `unnamed`. */
export function readContents(webhook: ReceivedWebhook, preset: PresetName, prefersId: boolean): Contents {
  try {
    return READERS[preset](webhook, prefersId);
  } catch (error) {
    if (error instanceof SyncError) return UNNAMED;
    throw error;
  }
}

const UNNAMED: Contents = { kind: 'unnamed' };
const OTHER: Contents = { kind: 'other' };

type Reader = (webhook: ReceivedWebhook, prefersId: boolean) => Contents;

const READERS: Readonly<Record<PresetName, Reader>> = {
  woocommerce: readWooCommerce,
  shopify: readShopify,
  magento: (webhook) => decoded(webhook, ['incrementid']),
  generic: (webhook, prefersId) => decoded(webhook, prefersId ? ['orderid', 'shoporderid'] : []),
};

/** WooCommerce is asked by `id`; `number` is free text. `action.…` is whatever a plug-in does. */
function readWooCommerce(webhook: ReceivedWebhook): Contents {
  const topic = topicOf(webhook, 'x-wc-webhook-topic');
  const [resource = ''] = topic.split('.');
  if (resource !== 'order') return resource === '' || resource === 'action' ? UNNAMED : OTHER;
  return named(valueAt(jsonOf(webhook), 'id'), topic);
}

/** Sent by "Send test notification": there is no such order. */
const SHOPIFY_SAMPLE = '820982911946154508';
const ABOUT_SHOPIFY_ORDERS =
  /^(?:orders|order_\w+|refunds|fulfillments?(?:_\w+)?|returns|disputes|tender_transactions)\//;

/** Shopify is asked by the digits of the id. A refund or a fulfilment has an id of its own, and `order_id`. */
function readShopify(webhook: ReceivedWebhook): Contents {
  const topic = topicOf(webhook, 'x-shopify-topic');
  if (!ABOUT_SHOPIFY_ORDERS.test(topic)) return topic === '' ? UNNAMED : OTHER;
  const body = jsonOf(webhook);
  const id =
    valueAt(body, 'order_id') ??
    valueAt(valueAt(body, 'order_edit'), 'order_id') ??
    valueAt(valueAt(body, 'order'), 'id') ??
    (topic.startsWith('orders/') ? valueAt(body, 'id') : undefined);
  const digits = typeof id === 'string' ? id.replace(/^gid:\/\/shopify\/Order\//, '') : id;
  return digits === SHOPIFY_SAMPLE ? { kind: 'ping' } : named(digits, topic.startsWith('orders/') ? topic : '');
}

function named(id: unknown, topic: string): Contents {
  const reference = referenceOf(id);
  if (reference === undefined) return UNNAMED;
  return { kind: 'orders', events: [{ reference, type: readWord(topic).type ?? 'updated' }], isWhole: true };
}

/**
 * By the rules for any event (docs/message-lifecycle.md), unless one of `keys`, by which this shop's API knows an order, is in
 * the envelope. A type that nothing names is `updated`: a webhook may be sent for every change.
 */
function decoded(webhook: ReceivedWebhook, keys: readonly string[]): Contents {
  const message = asMessage(webhook);
  const preferred = keys.length === 0 ? undefined : referenceWithin(readBody(message), keys);
  if (preferred !== undefined) {
    const event = { reference: preferred, type: typeOf(eventOfOneOrder(message)) };
    return { kind: 'orders', events: [event], isWhole: true };
  }
  const found = decodeOrderEvent(message);
  const events = namesSeveral(found) ? found.events : [found];
  return {
    kind: 'orders',
    events: events.map((event) => ({ reference: event.reference, type: typeOf(event) })),
    isWhole: !namesSeveral(found) || found.problem === undefined,
  };
}

function typeOf(event: OrderEvent | undefined): EventType {
  return event === undefined || event.type === 'unspecified' ? 'updated' : event.type;
}

const ENVELOPES = ['order', 'data', 'payload', 'event', 'value', 'body'];
const MAX_DEPTH = 4;

function referenceWithin(value: unknown, keys: readonly string[], depth = 0): string | undefined {
  if (!isObject(value)) return undefined;
  const here = Object.entries(value).find(([key]) => keys.includes(key.toLowerCase().replace(/[_-]/g, '')));
  const reference = referenceOf(here?.[1]);
  if (reference !== undefined || depth === MAX_DEPTH) return reference;
  for (const key of ENVELOPES) {
    const inside = referenceWithin(valueAt(value, key), keys, depth + 1);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

/** Whole numbers beyond 2⁵³ are text already. */
function referenceOf(id: unknown): string | undefined {
  if (typeof id === 'number') return Number.isSafeInteger(id) && id > 0 ? String(id) : undefined;
  return typeof id === 'string' && isOrderReference(id.trim()) ? id.trim() : undefined;
}

function topicOf({ headers }: ReceivedWebhook, header: string): string {
  const topic = headers[header];
  return typeof topic === 'string' ? topic.trim().toLowerCase() : '';
}

/** A whole order may have more values than an event. @throws SyncError `malformed_event` */
function jsonOf({ body }: ReceivedWebhook): unknown {
  try {
    return parseExactJson(utf8.decode(body));
  } catch {
    throw malformed('the body is no JSON');
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** As if it had come through the broker: HTTP headers say as much about a body as AMQP's. @throws SyncError `malformed_event` */
function asMessage({ body, headers }: ReceivedWebhook): EventMessage {
  if (body === undefined) throw malformed('the body is too large');
  const { 'content-encoding': contentEncoding } = headers;
  return { content: body, properties: { headers, type: undefined, contentEncoding }, exchange: '', routingKey: '' };
}

function valueAt(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}
