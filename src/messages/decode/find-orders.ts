import type { OrderName } from '../../orders/order-reference.ts';
import type { EventType, OrderEvent } from '../order-event.ts';
import { unwrapped } from './body.ts';
import { type Envelope, type List, openEnvelope } from './envelope.ts';
import { isObject, type Role, STATUS_KEYS } from './keys.ts';
import { malformed, problemOf } from './malformed.ts';
import { checkedReference, nameIn } from './references.ts';
import { joined, readWord, type Word } from './words.ts';

/** What was found in a value, and how many entries of its lists name no order, with the first few reasons. */
export interface Found {
  readonly events: OrderEvent[];
  readonly problems: string[];
}

/** What is known of the event from outside the value. */
export interface Context {
  readonly role: Role;
  /** With which the event is named around it. */
  readonly word: Word;
  /** The type by the message's properties, headers or routing key. */
  readonly typeOutside: () => EventType | undefined;
  /** Which of an order's names the shop can be asked by. */
  readonly preferred: OrderName;
}

/**
 * The orders in a JSON value: in an object one, or those in its lists.
 *
 * @throws SyncError `malformed_event` when it names none
 */
export function findOrders(value: unknown, context: Context): Found {
  const inner = unwrapped(value);
  if (Array.isArray(inner)) return fromLists([{ path: '', role: context.role, entries: inner }], context);
  if (!isObject(inner)) {
    if (context.role !== 'order') throw malformed('found a bare value where an object was expected');
    return { events: [{ reference: checkedReference(inner), type: typeOf(context.word, context) }], problems: [] };
  }
  const envelope = openEnvelope(inner, context.role);
  const word = envelope.parts.reduce((outer, part) => joined(outer, part.word), context.word);
  const ordersByName = envelope.lists.filter(({ role, entries }) => role === 'order' && entries.length > 0);
  const reference = nameIn(envelope, word, ordersByName.length > 0, context.preferred);
  const lists = ordersByName.length > 0 || reference !== undefined ? ordersByName : envelope.lists;
  if (reference === undefined && lists.every(({ entries }) => entries.length === 0)) throw malformed(NO_ORDER);
  const found = fromLists(lists, { ...context, word });
  if (reference !== undefined) found.events.unshift({ reference, type: typeOf(word, context, envelope) });
  return found;
}

const NO_ORDER =
  'no order number found, expected a key such as "orderNumber" or "orderId", or an object "order"; an "id" beside other fields may be the event\'s own';

function fromLists(lists: readonly List[], context: Context): Found {
  const found: Found = { events: [], problems: [] };
  for (const { path, role, entries } of lists) {
    for (const [index, entry] of entries.entries()) {
      try {
        const { events, problems } = findOrders(entry, { ...context, role });
        found.events.push(...events);
        found.problems.push(...problems);
      } catch (error) {
        const where = `entry ${index + 1} of ${entries.length}${path === '' ? '' : ` in "${path}"`}`;
        found.problems.push(`${where}: ${problemOf(error)}`);
      }
    }
  }
  return found;
}

/**
 * The first known word from the outside in; then what is outside the body. A name that nobody knows is an update: its order may
 * well be paid, but that is not what happened. Without a name, the order's status says it.
 */
function typeOf(word: Word, { typeOutside }: Context, envelope?: Envelope): EventType {
  const type = word.type ?? typeOutside();
  if (type !== undefined || word.isName) return type ?? 'updated';
  return (envelope === undefined ? undefined : typeByStatus(envelope)) ?? 'unspecified';
}

function typeByStatus({ parts }: Envelope): EventType | undefined {
  const values = parts.flatMap((part) => STATUS_KEYS.map((key) => part.values.get(key)));
  const statuses = values.filter((value) => typeof value === 'string').map(readWord);
  return statuses.find(({ type }) => type !== undefined)?.type;
}
