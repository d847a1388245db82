import { isOrderReference, ORDER_REFERENCE_RULE, type OrderName } from '../../orders/order-reference.ts';
import { type Envelope, kindsOf, looksLikeOrder, type Part } from './envelope.ts';
import {
  firstOf,
  ID_KEYS,
  KINDS_WITH_ID,
  NUMBER_KEYS,
  OWN_ID_KEYS,
  REFERENCE_KEYS,
  TIME_KEYS,
  TYPE_KEYS,
} from './keys.ts';
import { malformed } from './malformed.ts';
import { NO_WORD, readWord, type Word } from './words.ts';

/** Something that names an order, and where it stands. */
interface Name {
  readonly path: string;
  readonly value: unknown;
}

/**
 * The order that a message names: under an order's own key if there is one.
 *
 * @param word with which the event is named, on any level
 * @param isListed whether it lists orders under an order's own key: then nothing is implied
 * @param preferred the name that the shop can be asked by: if it is the id, no number counts as long as there is an id
 */
export function nameIn(envelope: Envelope, word: Word, isListed: boolean, preferred: OrderName): string | undefined {
  const implied = () => (isListed ? undefined : impliedName(envelope, word));
  return preferred === 'shopOrderId'
    ? (explicitName(envelope, OWN_ID_KEYS) ?? implied() ?? explicitName(envelope, NUMBER_KEYS))
    : (explicitName(envelope, REFERENCE_KEYS) ?? implied());
}

/** A name that says of which order, wherever it stands. */
function explicitName({ parts }: Envelope, keys: readonly string[]): string | undefined {
  return (
    theOne(explicitNames(parts.filter(isNoNote), keys)) ??
    theOne(
      explicitNames(
        parts.filter((part) => !isNoNote(part)),
        keys,
      ),
    )
  );
}

/**
 * The order that a message names without an order's own key, or undefined. The first place that names one decides; an event's
 * own id never counts.
 */
function impliedName(envelope: Envelope, word: Word): string | undefined {
  return (
    theOne(envelope.parts.flatMap(namesOfOrders)) ??
    theOne(envelope.parts.flatMap((part) => namesByTopic(part, word))) ??
    theOne(envelope.parts.flatMap((part) => namesByLooks(part, word))) ??
    theOne(loneName(envelope, word))
  );
}

export function checkedReference(value: unknown, path = ''): string {
  const what = path === '' ? 'the order number' : `the order number, "${path}",`;
  const isNumber = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== 'string' && !isNumber) throw malformed(`${what} is neither text nor a whole number`);
  const reference = String(value).trim();
  if (!isOrderReference(reference)) throw malformed(`${what} is not ${ORDER_REFERENCE_RULE}`);
  return reference;
}

/** Of the best key that is present. */
function explicitNames(parts: readonly Part[], keys: readonly string[]): Name[] {
  const key = keys.find((candidate) => parts.some(({ values }) => values.has(candidate)));
  return key === undefined ? [] : parts.flatMap((part) => nameAt(part, key));
}

function namesOfOrders(part: Part): Name[] {
  const { values, isOrder } = part;
  return [
    ...(isOrder ? nameAt(part, firstOf(values, ID_KEYS)) : []),
    ...(isScalar(values.get('order')) ? nameAt(part, 'order') : []),
    ...KINDS_WITH_ID.filter((kind) => isOrderKind(values.get(`${kind}type`))).flatMap((kind) =>
      nameAt(part, `${kind}id`),
    ),
    ...['resource', 'subject', 'resourceurl'].flatMap((key) => namesByPath(part, key)),
  ];
}

/** What an event about an order carries is that order: `{"type":"order.paid","data":{"id":…}}`. */
function namesByTopic(part: Part, word: Word): Name[] {
  if (!word.isAboutOrder || word.isAboutOther) return [];
  const { role, values } = part;
  const isPlain = role === 'payload' && part.word === NO_WORD && kindsOf(values, role).length === 0;
  const isCloudEvent = role === 'message' && values.has('specversion');
  const scalars = ['data', 'payload'].filter((key) => isScalar(values.get(key)));
  const names = [
    ...(isPlain ? nameAt(part, firstOf(values, ID_KEYS)) : []),
    ...scalars.flatMap((key) => nameAt(part, key)),
  ];
  return names.length === 0 && isCloudEvent ? nameAt(part, 'subject') : names;
}

/** A whole order in an envelope that does not say what it carries. */
function namesByLooks(part: Part, word: Word): Name[] {
  const isOther = word.isAboutOther || kindsOf(part.values, part.role).some((kind) => kind.isName);
  return part.role === 'payload' && !isOther && looksLikeOrder(part.values)
    ? nameAt(part, firstOf(part.values, ID_KEYS))
    : [];
}

/**
 * A message that carries nothing else: a whole order, or nothing but an id and what happened. If the id were the event's own,
 * the event would name no order at all.
 */
function loneName({ parts, lists }: Envelope, word: Word): Name[] {
  const [part, ...others] = parts.filter(isNoNote);
  if (part === undefined || others.length > 0 || lists.length > 0 || part.role !== 'message') return [];
  const { values } = part;
  const key = firstOf(values, ID_KEYS);
  if (key === undefined || word.isAboutOther || kindsOf(values, part.role).length > 0) return [];
  const isKnown = word.isAboutOrder || word.type !== undefined || !word.isName;
  const known: readonly string[] = [key, ...TYPE_KEYS, ...TIME_KEYS];
  const isAlone = isKnown && [...values.keys()].every((each) => known.includes(each));
  return isAlone || looksLikeOrder(values) ? nameAt(part, key) : [];
}

/** `/orders/10086` */
function namesByPath(part: Part, key: string): Name[] {
  const value = part.values.get(key);
  const [, reference] = (typeof value === 'string' && /(?:^|\/)orders\/([^/?#]+)$/.exec(value)) || [];
  return reference === undefined ? [] : [{ path: pathOf(part, key), value: reference }];
}

function nameAt(part: Part, key: string | undefined): Name[] {
  const value = key === undefined ? undefined : part.values.get(key);
  return key === undefined || value === undefined ? [] : [{ path: pathOf(part, key), value }];
}

/** @throws SyncError `malformed_event` when two places name different orders: neither is guessed */
function theOne(names: readonly Name[]): string | undefined {
  const [first, ...others] = names;
  if (first === undefined) return undefined;
  const reference = checkedReference(first.value, first.path);
  const contrary = others.find(({ value, path }) => checkedReference(value, path) !== reference);
  if (contrary === undefined) return reference;
  throw malformed(`"${first.path}" and "${contrary.path}" name different orders, expected one`);
}

function isOrderKind(value: unknown): boolean {
  const kind = typeof value === 'string' ? readWord(value) : undefined;
  return kind?.isAboutOrder === true && !kind.isName;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}

function isNoNote({ role }: Part): boolean {
  return role !== 'note';
}

function pathOf({ path }: Part, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
