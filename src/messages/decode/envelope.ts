import { unwrapped } from './body.ts';
import {
  EVENT_KEYS,
  ID_KEYS,
  isObject,
  KIND_KEYS,
  LOOSE_TYPE_KEYS,
  ROLES,
  type Role,
  TYPE_KEYS,
  type ValuesByKey,
  valuesOf,
} from './keys.ts';
import { joined, NO_WORD, readWord, type Word } from './words.ts';

/** An object of a message that may name an order. */
export interface Part {
  /** For people: `data.object`; '' is the message itself. */
  readonly path: string;
  readonly role: Role;
  /** It can only be an order, so its id is the order's. */
  readonly isOrder: boolean;
  /** With which it names an event. */
  readonly word: Word;
  readonly values: ValuesByKey;
}

/** A list in a message, each of whose entries may name an order. */
export interface List {
  readonly path: string;
  readonly role: Role;
  readonly entries: readonly unknown[];
}

/** A message's objects, outermost first, and lists. */
export interface Envelope {
  readonly parts: Part[];
  readonly lists: List[];
}

/** Deeper than any envelope in an envelope in an envelope. */
const MAX_DEPTH = 8;

/** Follows the keys that lead to an order in the envelopes of this world. What is in an order is left alone: it names itself. */
export function openEnvelope(object: object, role: Role): Envelope {
  const envelope: Envelope = { parts: [], lists: [] };
  open(envelope, object, role, '', 0);
  return envelope;
}

function open(envelope: Envelope, object: object, role: Role, path: string, depth: number): void {
  const values = valuesOf(object);
  const isOrder = role === 'order' || isOfKindOrder(values, role);
  envelope.parts.push({ path, role, isOrder, values, word: wordOf(values, isOrder) });
  if (depth === MAX_DEPTH || (isOrder && ID_KEYS.some((key) => values.has(key)))) return;
  for (const [key, value] of values) {
    const itsRole = roleWithin(role, ROLES.get(key));
    if (itsRole === undefined) continue;
    const inner = unwrapped(value);
    const itsPath = path === '' ? key : `${path}.${key}`;
    if (isObject(inner)) open(envelope, inner, itsRole, itsPath, depth + 1);
    else if (Array.isArray(inner) && itsRole !== 'note') {
      envelope.lists.push({ path: itsPath, role: itsRole, entries: inner });
    }
  }
}

/** What an order or a remark wraps is the order or a remark itself. */
function roleWithin(outer: Role, role: Role | undefined): Role | undefined {
  return role === 'payload' && (outer === 'order' || outer === 'note') ? outer : role;
}

/** A message's own `type` names the event. */
function isOfKindOrder(values: ValuesByKey, role: Role): boolean {
  return kindsOf(values, role).some((kind) => kind.isAboutOrder && !kind.isName);
}

/** What it says that it is. */
export function kindsOf(values: ValuesByKey, role: Role): Word[] {
  const keys = role === 'message' ? KIND_KEYS.slice(0, 2) : KIND_KEYS;
  return keys.flatMap((key) => textsOf(values.get(key)).map(readWord));
}

/** A total or lines, and one more of what every order has. */
export function looksLikeOrder(values: ValuesByKey): boolean {
  const has = (...keys: readonly string[]) => keys.some((key) => values.has(key));
  const hasLines = has('lineitems', 'lines', 'items', 'orderlines', 'orderitems');
  const hasTotal = has('total', 'totals', 'totalprice', 'totalamount', 'grandtotal', 'ordertotal', 'totalwithtax');
  const hasMore = has('status', 'state', 'currency', 'currencycode');
  return (hasLines || hasTotal) && (hasMore || (hasLines && hasTotal));
}

function wordOf(values: ValuesByKey, isOrder: boolean): Word {
  let found = NO_WORD;
  for (const key of TYPE_KEYS) {
    for (const text of textsOf(values.get(key))) {
      const word = readWord(text);
      if (word.isAboutOrder || word.type !== undefined || isEventKey(key, values, isOrder)) found = joined(found, word);
    }
  }
  return found;
}

/** Even a word that nobody knows names an event there. */
function isEventKey(key: string, values: ValuesByKey, isOrder: boolean): boolean {
  return isOrder || looksLikeOrder(values) ? EVENT_KEYS.includes(key) : !LOOSE_TYPE_KEYS.includes(key);
}

const NO_TEXTS: readonly string[] = [];

/** A text, a list of texts (MassTransit), or an object with one (NestJS: `{"cmd":"order_paid"}`). */
function textsOf(value: unknown): readonly string[] {
  if (value === undefined) return NO_TEXTS;
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.slice(0, 10).filter((item) => typeof item === 'string');
  return isObject(value) && 'cmd' in value && typeof value.cmd === 'string' ? [value.cmd] : [];
}
