import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkClaims, type Evidence } from '../../demo/checks/claims.ts';
import { readStoredState } from '../../demo/checks/stored-state.ts';
import { cancelled, makeDemoOrders } from '../../demo/orders/make-orders.ts';
import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { aCall } from '../helpers/write-call.ts';

const NOW = new Date('2026-11-22T08:00:00Z');
/** The first is cancelled; their numbers are 20261122000123456789, SO-2026-0001 and 10088. */
const ORDERS = makeDemoOrders({ count: 3, now: NOW }).map((order, index) => {
  return index === 0 ? cancelled(order, NOW, 'changed my mind') : order;
});
const MALFORMED = { text: '{"orderNumber":', reason: 'malformed_event', reference: null } as const;
const UNKNOWN = { text: 'SO-1', reason: 'order_not_found', reference: 'SO-1' } as const;

/** A database as the daemon leaves it when all went well; removed after the test. */
async function aDatabase(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'internal.db');
  const system = await createInternalSystem({ url: `sqlite:${path}`, shop: 'shop', env: {} });
  await system.open();
  const eventInfo = (reference: string) => ({ reference, event: 'paid', attempt: 1, receivedAt: new Date() }) as const;
  await system.writeOrders(
    ORDERS.map((document) => {
      const order = orderSchema.parse(document);
      return { order, fetchedAt: new Date(), eventInfo: eventInfo(order.orderNumber) };
    }),
    aCall(),
  );
  const { reason } = UNKNOWN;
  await system.recordFailures?.(
    [{ eventInfo: eventInfo('SO-1'), state: 'dead-lettered', reason, message: 'gone', failedAt: new Date() }],
    aCall().signal,
  );
  await system.close?.();
  return path;
}

/** What the demo would find there, with every claim true. */
function evidenceOf(path: string): Evidence {
  const deadLetters = [MALFORMED, UNKNOWN].map(({ text, reason }) => ({ text, reason, error: '', attempts: 1 }));
  return {
    orders: ORDERS,
    cancelled: new Set(['20261122000123456789']),
    expectedDeadLetters: [MALFORMED, UNKNOWN],
    publishedEvents: 5,
    finishedEvents: 5,
    times: [{ orderNumber: '10088', publishedAt: new Date(Date.now() - 60_000), ms: 70_000 }],
    stored: readStoredState(path),
    queues: { events: 0, deadLetters },
    daemonEnd: 'exit status 0',
  };
}

/** The claims that are not true, with all their problems. */
function untrue(evidence: Evidence): string {
  return checkClaims(evidence)
    .filter(({ problems }) => problems.length > 0)
    .flatMap(({ text, problems }) => [text, ...problems])
    .join('\n');
}

describe('the claims of the demo', () => {
  it('are true when nothing went wrong', async () => {
    const evidence = evidenceOf(await aDatabase());
    expect(untrue(evidence)).toBe('');
    expect(checkClaims(evidence)).toHaveLength(9);
  });

  it.each([
    ['an order is missing', "DELETE FROM orders WHERE order_number = '10088'", 'order 10088 is stored 0 times'],
    [
      'an order is stored twice',
      "INSERT INTO orders SELECT 'another', * FROM (SELECT * FROM orders WHERE order_number = '10088')",
      'order 10088 is stored 2 times',
    ],
    [
      'an order was never in the shop',
      "UPDATE orders SET order_number = '666' WHERE order_number = '10088'",
      'order 666 was never in the shop',
    ],
    [
      'an order is not in its newest state',
      "UPDATE orders SET status = 'pending' WHERE order_number = '10088'",
      'status',
    ],
    ['a time differs', "UPDATE orders SET updated_at = '2020-01-01T00:00:00.000Z'", 'time of change'],
    ['a document lacks something', "UPDATE orders SET document = json_remove(document, '$.buyerNote')", 'document'],
    ['an amount differs', "UPDATE orders SET grand_total = grand_total || '0'", 'grand total'],
    ['a refund differs', "UPDATE orders SET refunded_total = '0.01'", 'refund'],
    ['a line is missing', 'DELETE FROM order_lines WHERE line_no = 1', 'lines of order'],
    ['the amount of a line differs', "UPDATE order_lines SET unit_price = '1.00'", 'lines of order'],
    [
      'a line belongs to no order',
      "UPDATE order_lines SET order_number = '666' WHERE order_number = '10088'",
      'lines without an order: 666',
    ],
    [
      'a cancellation was undone',
      "UPDATE orders SET status = 'paid' WHERE status = 'cancelled'",
      'order 20261122000123456789 is not cancelled',
    ],
    [
      'an order is cancelled that the shop has not cancelled',
      "UPDATE orders SET status = 'cancelled', cancelled_at = updated_at",
      'is cancelled, but not in the shop',
    ],
    ['the ledger lacks an order', "DELETE FROM order_ledger WHERE reference = '10088'", 'ledger of 10088'],
    [
      'the ledger has an unknown order',
      "UPDATE order_ledger SET reference = '666' WHERE reference = '10088'",
      'ledger of 666',
    ],
    ['the ledger has a failure', "UPDATE order_ledger SET state = 'retrying'", 'ledger of 10088'],
    ['the ledger has the wrong reason', "UPDATE order_ledger SET last_error = 'shop_error: x'", 'ledger of SO-1'],
    ['a time shown is too short', "UPDATE order_ledger SET synced_at = '2099-01-01T00:00:00.000Z'", 'ms shown'],
  ])('one is false when %s', async (_, tamper, problem) => {
    const path = await aDatabase();
    const database = new DatabaseSync(path);
    database.exec(withColumns(tamper, database));
    database.close();
    expect(untrue(evidenceOf(path))).toContain(problem);
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['an event was never finished', { finishedEvents: 4 }, 'only 4 events were finished'],
    ['an event is left in a queue', { queues: { events: 1, deadLetters: [] } }, 'events left in the queues'],
    ['there are no dead letters', { queues: { events: 0, deadLetters: [] } }, 'dead letters: expected'],
    [
      'a dead letter has the wrong reason',
      { expectedDeadLetters: [MALFORMED, { ...UNKNOWN, reason: 'invalid_order' }] },
      'dead letters: expected',
    ],
    ['the daemon was killed', { daemonEnd: 'signal SIGKILL' }, 'found "signal SIGKILL"'],
  ])('one is false when %s', async (_, difference, problem) => {
    expect(untrue({ ...evidenceOf(await aDatabase()), ...difference })).toContain(problem);
  });
});

/** `'another', *` → the same row under another shop. */
function withColumns(sql: string, database: DatabaseSync): string {
  const columns = database.prepare("SELECT name FROM pragma_table_info('orders') WHERE name <> 'shop'").all();
  return sql.replace(`'another', *`, `'another', ${columns.map(({ name }) => String(name)).join(', ')}`);
}
