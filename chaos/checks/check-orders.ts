import { type EventRecord, type Records, type RowRecord, UNAVAILABLE, type VersionRecord } from './records.ts';
import type { Violation } from './violation.ts';

export interface OrderCounts {
  readonly orders: number;
  /** Confirmed events that left no trace. */
  readonly lost: number;
  /** Orders with more than one row, or with an effect that happened twice. */
  readonly doubled: number;
  /** Orders that went back in time. */
  readonly regressed: number;
}

/** I1 to I5: what became of the orders. */
export function checkOrders(records: Records): Violation[] {
  return [
    ...checkFates(records),
    ...checkOnce(records),
    ...checkNoWayBack(records),
    ...checkAcks(records),
    ...checkOrigin(records),
  ];
}

export function countOrders(records: Records, violations: readonly Violation[]): OrderCounts {
  const count = (invariant: string) => violations.filter((violation) => violation.invariant === invariant).length;
  return { orders: records.versions.size, lost: count('I1'), doubled: count('I2'), regressed: count('I3') };
}

/** I1: the order of every confirmed event is stored, or the event is a dead letter. */
function checkFates(records: Records): Violation[] {
  const found: Violation[] = [];
  const rows = new Map(records.internal.rows.map((row) => [row.orderNumber, row]));
  const deadLetters = Map.groupBy(records.deadLetters, ({ messageId }) => messageId);
  for (const event of records.events) {
    const reasons = (deadLetters.get(event.id) ?? []).map(({ reason }) => reason);
    const problem = fateProblem(event, rows, reasons, records);
    if (problem !== undefined) found.push({ invariant: 'I1', message: `event ${event.id} ${problem}` });
  }
  const known = new Set(records.events.map(({ id }) => id));
  for (const { messageId, reason } of records.deadLetters) {
    if (messageId === undefined || !known.has(messageId))
      found.push({
        invariant: 'I5',
        message: `dead letter ${messageId} (${reason}) belongs to no published event`,
      });
  }
  return [...found, ...checkLedger(records)];
}

function fateProblem(
  event: EventRecord,
  rows: ReadonlyMap<string, RowRecord>,
  reasons: readonly (string | undefined)[],
  records: Records,
): string | undefined {
  const allowed = [...ALLOWED_REASONS[event.fate], ...records.limits.deadLetterReasons];
  const wrong = reasons.find((reason) => reason === undefined || !allowed.includes(reason));
  if (wrong !== undefined) return `is a dead letter (${wrong})`;
  if (reasons.includes(undefined)) return 'is a dead letter without a reason';
  if (reasons.length > 0 || event.result !== 'confirmed') return undefined;
  if (event.orderNumber === undefined) return `(${event.fate}) is not among the dead letters`;
  const row = rows.get(event.orderNumber);
  if (row === undefined) return 'was confirmed, but its order is not stored';
  const version = versionOf(row.content, records.versions.get(event.orderNumber));
  const needed = records.limits.shopCatchesUp ? event.version : neededVersion(event, records);
  return version >= needed ? undefined : `was confirmed at version ${needed}, but version ${version} is stored`;
}

function neededVersion({ version, announces }: EventRecord, { limits }: Records): number {
  return limits.shopLags ? announces : version;
}

const ALLOWED_REASONS = {
  sync: [],
  late: [],
  unknown: ['order_not_found'],
  malformed: ['malformed_event'],
} as const satisfies Record<EventRecord['fate'], readonly string[]>;

/** The ledger says `synced` for each stored order, unless one of its events is a dead letter. */
function checkLedger({ internal, deadLetters, events }: Records): Violation[] {
  const dead = new Set(deadLetters.map(({ messageId }) => messageId));
  const deadOrders = new Set(events.filter(({ id }) => dead.has(id)).map(({ orderNumber }) => orderNumber));
  const states = new Map(internal.ledger.map((row) => [row.reference, row.state]));
  return internal.rows
    .filter(({ orderNumber }) => states.get(orderNumber) !== 'synced' && !deadOrders.has(orderNumber))
    .map(({ orderNumber }) => ({
      invariant: 'I1',
      message: `order ${orderNumber} is stored, but the ledger says ${states.get(orderNumber) ?? 'nothing'}`,
    }));
}

/** I2: one row per order, with its own lines, one effect per version, and one dead letter per event. */
function checkOnce({ internal, deadLetters, limits }: Records): Violation[] {
  const found: Violation[] = [];
  for (const [messageId, { length }] of Map.groupBy(deadLetters, (letter) => letter.messageId)) {
    if (limits.deadLettersOnce && length > 1)
      found.push({ invariant: 'I2', message: `event ${messageId} has ${length} dead letters` });
  }
  for (const [orderNumber, rows] of Map.groupBy(internal.rows, (row) => row.orderNumber)) {
    if (rows.length > 1) found.push({ invariant: 'I2', message: `order ${orderNumber} has ${rows.length} rows` });
    for (const { lines, linesInContent } of rows) {
      if (lines !== linesInContent)
        found.push({ invariant: 'I2', message: `order ${orderNumber} has ${lines} lines, expected ${linesInContent}` });
    }
  }
  for (const [orderNumber, effects] of Map.groupBy(internal.effects, (effect) => effect.orderNumber)) {
    const inserts = effects.filter(({ isInsert }) => isInsert).length;
    if (inserts !== 1) found.push({ invariant: 'I2', message: `order ${orderNumber} was inserted ${inserts} times` });
    const contents = effects.map(({ content }) => content);
    if (new Set(contents).size < contents.length)
      found.push({ invariant: 'I2', message: `order ${orderNumber}: a version took effect twice` });
  }
  return found;
}

/** I3: the stored version never goes back. */
function checkNoWayBack({ internal, versions }: Records): Violation[] {
  const found: Violation[] = [];
  for (const [orderNumber, effects] of Map.groupBy(internal.effects, (effect) => effect.orderNumber)) {
    const path = effects.map(({ content }) => versionOf(content, versions.get(orderNumber)));
    if (path.some((version, index) => version < (path[index - 1] ?? version)))
      found.push({ invariant: 'I3', message: `order ${orderNumber} went back: versions ${path.join(' → ')}` });
  }
  return found;
}

/** I4: when an ack was sent, other connections could see its outcome. */
function checkAcks(records: Records): Violation[] {
  const { wire, events, versions } = records;
  // With several copies of an event, it is unknown which one an ack is for. The first demands the least.
  const published = new Map(events.toReversed().map((event) => [event.id, event]));
  const found: Violation[] = [];
  for (const { messageId, stored, confirmedCopies } of wire.acks) {
    const event = published.get(messageId ?? '');
    if (event === undefined || confirmedCopies > 0 || stored === UNAVAILABLE) continue;
    const needed = neededVersion(event, records);
    const needs = event.orderNumber === undefined ? 'a dead letter or retry' : `version ${needed}`;
    const version = stored === undefined ? -1 : versionOf(stored, versions.get(event.orderNumber ?? ''));
    if (event.orderNumber !== undefined && version >= needed) continue;
    const seen = version < 0 ? 'nothing' : `version ${version}`;
    found.push({ invariant: 'I4', message: `event ${event.id} was acked with ${seen} visible, expected ${needs}` });
  }
  return found;
}

/** I5: everything stored was served by the shop for that order, in full. */
function checkOrigin({ internal, served }: Records): Violation[] {
  const replies = new Map<string, Set<string>>();
  for (const { references, orderNumber, shopOrderId, content } of served) {
    if (!references.includes(orderNumber) && !references.includes(shopOrderId)) continue;
    const contents = replies.get(orderNumber) ?? new Set();
    replies.set(orderNumber, contents.add(content));
  }
  return [...internal.rows, ...internal.effects]
    .filter(({ orderNumber, content }) => !replies.get(orderNumber)?.has(content))
    .map(({ orderNumber }) => ({
      invariant: 'I5',
      message: `order ${orderNumber} has content that the shop never served for it`,
    }));
}

/** The last version with this content; −1 when there is none. */
export function versionOf(content: string, versions: readonly VersionRecord[] | undefined): number {
  return versions?.findLastIndex((version) => version.content === content) ?? -1;
}
