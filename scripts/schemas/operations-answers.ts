import { z } from 'zod';
import { OUTCOMES } from '../../src/delivery/outcome.ts';
import { FAILURE_REASONS } from '../../src/errors.ts';
import { daemonReport } from '../../src/internal-system/daemon-store.ts';
import { LEDGER_STATES } from '../../src/internal-system/ledger.ts';
import { SCAN_KINDS } from '../../src/internal-system/reconciliation-store.ts';
import { EVENT_TYPES } from '../../src/messages/order-event.ts';
import { COUNTED_LISTS } from '../../src/ops/dashboard/list-messages.ts';
import { CONSUMPTION_STATES } from '../../src/ops/dashboard/messages.ts';

const text = z.string();
const instant = text.describe('A UTC instant.');
const count = z.int().nonnegative();
const unknownCount = count.nullable().describe('Null while it is not known.');
const event = z.enum(EVENT_TYPES).nullable();
const personal = z
  .union([text, z.null(), z.object({ hidden: z.literal(true) })])
  .describe('Null if there is none, hidden from viewers.');
/** What is behind it is the page's own, and may get more fields with any version. */
const more = z.record(z.string(), z.unknown());

const pause = z.looseObject({ by: text, reason: text.nullable(), until: instant.nullable() });
const consumption = z.looseObject({
  state: z.enum(CONSUMPTION_STATES),
  since: instant,
  dependency: z.enum(['shop', 'internal-system']).optional(),
  reason: z.enum(FAILURE_REASONS).optional(),
  said: text.optional().describe('What RabbitMQ says, while the state is "refused" or "alarm".'),
  pause: pause.optional().describe('Who has paused, while somebody has.'),
});
const stored = z.looseObject({ status: text, currency: text, grandTotal: text, placedAt: instant });
const record = z.looseObject({
  reference: text,
  orderNumber: text.nullable(),
  shopOrderId: text.nullable(),
  state: z.enum(LEDGER_STATES),
  attempts: count,
  lastEvent: text,
  lastError: text.nullable(),
  receivedAt: instant,
  fetchedAt: instant.nullable(),
  syncedAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
  pendingCancellation: more
    .nullable()
    .describe('Set while the shop has cancelled the order and the warehouse does not see it.'),
  stored: stored.nullable().describe('What the internal system holds.'),
});
const deadLetter = z.looseObject({
  id: text,
  order: text.nullable().describe('Null if the message names no order, or several.'),
  event,
  reason: text,
  error: text.nullable(),
  attempts: count.nullable(),
  firstFailedAt: instant.nullable(),
  lastFailedAt: instant.nullable(),
});
const auditEntry = z.looseObject({
  id: text,
  at: instant,
  name: text,
  role: text,
  action: text,
  orders: z.array(text),
});

/** What the operations port answers, by name. Amounts are decimal text. Objects may get more fields. */
export const ANSWERS = {
  Readiness: z.looseObject({
    ready: z.boolean(),
    reason: text.optional().describe('Why not; only for who may look.'),
    since: instant.optional(),
    paused: pause.optional().describe('Set while a person has paused it: it is ready all the same.'),
    warnings: z.array(text).optional(),
  }),
  Session: z.looseObject({
    role: z.enum(['viewer', 'operator']).nullable(),
    name: text.nullable(),
    asksForToken: z.boolean(),
    shop: text,
    queue: text,
    version: text,
  }),
  Now: z.looseObject({
    now: instant,
    consumption,
    figures: z.looseObject({
      waiting: unknownCount,
      retrying: unknownCount,
      deadLetters: unknownCount,
      inFlight: count,
      lastOrderAt: instant.nullable(),
    }),
    deliveries: z.array(
      z.looseObject({
        at: instant,
        order: text.nullable(),
        event,
        outcome: z.enum([...OUTCOMES, 'discarded']),
        tookMs: z.number().nullable().describe('From publish to commit.'),
      }),
    ),
  }),
  Order: z.looseObject({
    reference: text,
    records: z.array(record).describe('More than one if the number of one order is the shop id of another.'),
    forgotten: more.nullable().describe('Set if it was acked and the database has forgotten it.'),
  }),
  SearchResult: z.looseObject({
    parts: z.array(
      z.looseObject({
        text,
        reference: text.nullable().describe('What it says if it is an order number.'),
        hits: z.array(z.looseObject({ reference: text, by: text, stored: stored.nullable(), buyer: personal })),
        hasMore: z.boolean(),
        personal: z.enum(['done', 'forbidden', 'unsupported', 'preparing']),
      }),
    ),
    skipped: count,
  }),
  OrderList: z.looseObject({
    orders: z.array(record),
    next: text.nullable().describe('Where the next page begins, as "after".'),
    hasMore: z.boolean(),
  }),
  OrderCounts: z.looseObject({
    counts: z.record(z.enum(COUNTED_LISTS), count.nullable()),
    atMost: count.describe('A list of so many is not counted further.'),
  }),
  DeadLetters: z.looseObject({ count, deadLetters: z.array(deadLetter), canRestore: z.boolean() }),
  DeadLetter: deadLetter.extend({ content: personal, isText: z.boolean(), isCut: z.boolean(), bytes: count }),
  Settled: z.looseObject({
    done: count,
    unmatched: z.array(text),
    error: text.optional().describe('Why it stopped before the end.'),
  }),
  Reconciliation: z.looseObject({
    scans: z.array(
      z.looseObject({
        scan: z.enum(SCAN_KINDS),
        missing: text.nullable().describe('What it would need; null if it is possible.'),
        everyMs: count.nullable(),
        isRunning: z.boolean(),
        lastRun: more.nullable(),
      }),
    ),
  }),
  Daemons: z.looseObject({
    daemons: z
      .array(z.looseObject({ id: text, shop: text, seenAt: instant, silentMs: z.number(), report: daemonReport }))
      .nullable(),
    self: text.describe('The one that answers.'),
  }),
  Activity: z.looseObject({ isKept: z.boolean(), entries: z.array(auditEntry), hasMore: z.boolean() }),
  Restorable: z.looseObject({
    deadLetters: z.array(z.looseObject({ id: text, order: text.nullable(), reason: text })),
  }),
  Restored: z.looseObject({ done: count }),
  Done: z.looseObject({ done: z.literal(true) }),
  Begun: z.looseObject({ begun: z.literal(true) }),
  Shipment: z.looseObject({ outcome: text, orderNumber: text, shipmentId: text }),
  Pause: pause,
  Resumed: z.looseObject({ ended: more.nullable().describe('Null if nobody had paused.') }),
} as const satisfies Record<string, z.ZodType>;

export type AnswerName = keyof typeof ANSWERS;
