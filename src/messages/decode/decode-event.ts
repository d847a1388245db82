import type { Delivery } from '../../broker/delivery.ts';
import { SyncError } from '../../errors.ts';
import type { OrderName } from '../../orders/order-reference.ts';
import { originalRoutingKey, readHeader } from '../headers.ts';
import type { EventType, OrderEvent } from '../order-event.ts';
import { readBody, unwrapped } from './body.ts';
import { findOrders } from './find-orders.ts';
import { isObject } from './keys.ts';
import { malformed } from './malformed.ts';
import { checkedReference } from './references.ts';
import { NO_WORD, readWord } from './words.ts';

/** As much of a delivery as says which orders it is about. */
export type EventMessage = Pick<Delivery, 'content' | 'exchange' | 'routingKey'> & {
  readonly properties: Pick<Delivery['properties'], 'headers' | 'type' | 'contentEncoding'>;
};

/** A message about several orders. */
export interface SeveralOrders {
  readonly events: readonly OrderEvent[];
  /** Of the entries in its lists that name no order. */
  readonly problem: SyncError | undefined;
}

/** Each becomes an event of its own. */
const MAX_ORDERS = 1_000;
const SHOWN_PROBLEMS = 5;

/**
 * A message → the event it stands for, or the events when it names several orders. What counts where is documented in
 * docs/message-lifecycle.md, "What an event looks like". Nothing is guessed: an order reference comes only from where it can
 * be nothing else.
 *
 * @param preferred which of an order's names counts if a message has both: the one that the shop can be asked by
 * @throws SyncError `malformed_event`
 */
export function decodeOrderEvent(
  message: EventMessage,
  preferred: OrderName = 'orderNumber',
): OrderEvent | SeveralOrders {
  const body = unwrapped(readBody(message));
  const typeOutside = () => typeBesideBody(message);
  if (typeof body === 'string') return { reference: checkedReference(body), type: typeOutside() ?? 'unspecified' };
  const context = { role: 'message', word: NO_WORD, typeOutside, preferred } as const;
  const { events, problems } = findOrders(enveloped(body, message), context);
  const [event, ...others] = distinct(events);
  if (event === undefined) throw malformed(inWords(problems));
  if (others.length >= MAX_ORDERS) {
    throw malformed(`it names ${others.length + 1} orders, expected at most ${MAX_ORDERS}`);
  }
  if (problems.length > 0) {
    return {
      events: [event, ...others],
      problem: malformed(`${inWords(problems)}; every other entry got an event of its own`),
    };
  }
  return others.length === 0 ? event : { events: [event, ...others], problem: undefined };
}

export function namesSeveral(decoded: OrderEvent | SeveralOrders): decoded is SeveralOrders {
  return 'events' in decoded;
}

/** The event of a message about one order; undefined for any other message. */
export function eventOfOneOrder(message: EventMessage, preferred?: OrderName): OrderEvent | undefined {
  try {
    const decoded = decodeOrderEvent(message, preferred);
    return namesSeveral(decoded) ? undefined : decoded;
  } catch (error) {
    if (error instanceof SyncError) return undefined;
    throw error;
  }
}

/** The body of a CloudEvent in binary mode, whose envelope is in the headers, and of a Celery task: [args, kwargs, embed]. */
function enveloped(body: unknown, { properties }: EventMessage): unknown {
  const names = Object.keys({ ...properties.headers }).filter((name) => CLOUD_EVENT_HEADER.test(name));
  if (names.length > 0) {
    const attributes = names.map((name) => [
      name.replace(CLOUD_EVENT_HEADER, '$1').toLowerCase(),
      readHeader(properties, name),
    ]);
    return { specversion: '1.0', ...Object.fromEntries(attributes), data: body };
  }
  if (!Array.isArray(body) || body.length !== 3 || readHeader(properties, 'task') === undefined) return body;
  const [args, kwargs]: readonly unknown[] = body;
  return Array.isArray(args) && isObject(kwargs) ? kwargs : body;
}

const CLOUD_EVENT_HEADER = /^(?:cloudevents[:_]|ce[-_])(type|subject)$/i;

/** Headers in which frameworks and relays name the event. */
const TYPE_HEADERS = new Set([
  ...['type', 'event', 'event-type', 'event_type', 'eventtype', 'event-name', 'x-event-type', 'message-type', 'task'],
  ...['__typeid__', 'mt-messagetype', 'nservicebus.enclosedmessagetypes', 'rbs2-msg-type', 'cap-msg-name'],
  ...['x-wc-webhook-topic', 'x-shopify-topic', 'x-webhook-topic', 'x-webhook-event'],
]);

/** Outside the body only a word that is known counts: others name a class, a queue or a tenant. */
function typeBesideBody(message: EventMessage): EventType | undefined {
  const { type, headers } = message.properties;
  const inHeaders = Object.entries({ ...headers }).flatMap(([name, value]) =>
    TYPE_HEADERS.has(name.toLowerCase()) ? [value] : [],
  );
  for (const text of [type, ...inHeaders, originalRoutingKey(message)]) {
    const known = typeof text === 'string' ? readWord(text).type : undefined;
    if (known !== undefined) return known;
  }
  return undefined;
}

function distinct(events: readonly OrderEvent[]): readonly OrderEvent[] {
  if (events.length === 1) return events;
  return [...new Map(events.map((event) => [`${event.type} ${event.reference}`, event])).values()];
}

function inWords(problems: readonly string[]): string {
  const more = problems.length > SHOWN_PROBLEMS ? [`and ${problems.length - SHOWN_PROBLEMS} more`] : [];
  return [...problems.slice(0, SHOWN_PROBLEMS), ...more].join('; ');
}
