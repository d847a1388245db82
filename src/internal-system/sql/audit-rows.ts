import { z } from 'zod';
import type { AuditEntry, KeptDeadLetter, NewAuditEntry, RestorableDeadLetter } from '../audit-store.ts';
import { storable } from '../newest-wins.ts';
import type { Row, SqlValue } from './columns.ts';
import { instant } from './records.ts';

/** The rows of `order_sync_audit` and `order_sync_discarded`: the same columns in every database (see each schema.ts). */

export const ENTRY_COLUMNS = ['shop', 'id', 'at', 'name', 'role', 'address', 'action', 'orders', 'details'] as const;

export const KEPT_COLUMNS = [
  'shop',
  'id',
  'audit_id',
  'dead_letter_id',
  'source',
  'reference',
  'event',
  'reason',
  'error',
  'bytes',
  'content',
  'properties',
] as const;

const LONGEST_NAME = 200;
const LONGEST_REASON = 64;
const LONGEST_ERROR = 2_000;
/** Of JSON. A name that does not fit is left out, and so are those behind it. */
const LONGEST_ORDERS = 4_000;

export function ordersText(orders: readonly string[]): string {
  const kept: string[] = [];
  for (const order of orders) {
    if (JSON.stringify([...kept, order]).length > LONGEST_ORDERS) break;
    kept.push(order);
  }
  return JSON.stringify(kept);
}

export function entryValues(shop: string, id: string, at: Date, entry: NewAuditEntry): SqlValue[] {
  const { name, role, address, action, orders, details } = entry;
  return [shop, id, at, cut(name, LONGEST_NAME), role, address, action, ordersText(orders), JSON.stringify(details)];
}

/** What someone has edited counts as empty. */
const list = z.string().transform((text) => z.array(z.string()).catch([]).parse(parsed(text)));
const facts = z.string().transform((text) => z.record(z.string(), z.unknown()).catch({}).parse(parsed(text)));

const entryRow = z.object({
  id: z.string(),
  at: instant,
  name: z.string(),
  role: z.string(),
  address: z.string().nullable(),
  action: z.string(),
  orders: list,
  details: facts,
  restorable: z.coerce.number(),
});

export function auditEntry(row: Row): AuditEntry {
  return entryRow.parse(row);
}

export function keptValues(shop: string, id: string, entryId: string, deadLetter: KeptDeadLetter): SqlValue[] {
  const { deadLetterId, source, order, event, reason, error, bytes, message } = deadLetter;
  const content = message === null ? null : message.content.toString('base64');
  return [
    ...[shop, id, entryId, deadLetterId, source, order, event],
    ...[cut(reason, LONGEST_REASON), error === null ? null : cut(error, LONGEST_ERROR), bytes],
    ...[content, message === null ? null : message.properties],
  ];
}

const keptRow = z.object({
  id: z.string(),
  dead_letter_id: z.string(),
  source: z.enum(['orders', 'shipments']),
  reference: z.string().nullable(),
  event: z.string().nullable(),
  reason: z.string(),
  error: z.string().nullable(),
  bytes: z.coerce.number(),
  content: z.string().nullable(),
  properties: z.string().nullable(),
  at: instant,
  name: z.string(),
});

export function restorable(raw: Row): RestorableDeadLetter {
  const { id, dead_letter_id: deadLetterId, reference: order, content, properties, ...row } = keptRow.parse(raw);
  const { source, event, reason, error, bytes, at: discardedAt, name: discardedBy } = row;
  const message =
    content === null || properties === null ? null : { content: Buffer.from(content, 'base64'), properties };
  return { id, deadLetterId, source, order, event, reason, error, bytes, message, discardedAt, discardedBy };
}

function cut(text: string, length: number): string {
  return storable(text).slice(0, length);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
