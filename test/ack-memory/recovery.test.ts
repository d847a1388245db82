import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { AckMemory } from '../../src/ack-memory/ack-memory.ts';
import type { AckedOrder } from '../../src/ack-memory/acked-order.ts';
import { Recovery, type RecoveryOptions } from '../../src/ack-memory/recovery.ts';
import { RecoveryLog } from '../../src/ack-memory/recovery-log.ts';
import { SyncError } from '../../src/errors.ts';
import type { KnownOrder, VersionFacts } from '../../src/internal-system/reconciliation-store.ts';
import { ACKED_AT, allOf, aMemory, aMemoryPath, numbered } from './helpers/memory.ts';

/** A database that holds what it is told, and forgets it. */
class Database {
  readonly #orders = new Map<string, VersionFacts>();
  readonly lastEvents = new Map<string, KnownOrder['lastEvent']>();
  isDown = false;
  cursor: string | null = null;

  put(orders: readonly AckedOrder[]): void {
    for (const { shopOrderId, status, updatedAt, contentHash } of orders)
      this.#orders.set(shopOrderId, { status, updatedAt, contentHash });
  }

  forget(orders: readonly AckedOrder[]): void {
    for (const { shopOrderId } of orders) this.#orders.delete(shopOrderId);
  }

  async storedVersions(ids: readonly string[]): Promise<ReadonlyMap<string, VersionFacts>> {
    if (this.isDown) throw new SyncError('internal_system_unavailable', 'It is down.');
    return new Map([...this.#orders].filter(([id]) => ids.includes(id)));
  }

  async knownOrders(orders: readonly { orderNumber: string }[]): Promise<readonly KnownOrder[]> {
    return orders.map(({ orderNumber }) => ({ stored: undefined, lastEvent: this.lastEvents.get(orderNumber) }));
  }

  async readScan() {
    return { cursor: this.cursor, newestListed: null, begunAt: null, lastRun: null };
  }
}

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

const [ERROR, WARN, INFO] = [50, 40, 30];
const LOOK_EVERY_MS = 200;

function aRecovery(memory: AckMemory, store: Database, options: Partial<RecoveryOptions> = {}) {
  const lines: Line[] = [];
  const asked: string[] = [];
  const walks: string[] = [];
  const recovery = new Recovery({
    memory,
    store,
    publish: async ({ orderNumber }) => void asked.push(orderNumber),
    walk: async (since) => {
      walks.push(since.toISOString());
      return 'done';
    },
    isBusy: async () => false,
    lookEveryMs: LOOK_EVERY_MS,
    log: new RecoveryLog(pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) })),
    ...options,
  });
  onTestFinished(() => recovery.stop());
  recovery.start();
  return { recovery, lines, asked, walks, messages: () => lines.map(({ msg }) => msg) };
}

function setUp(count = 5) {
  const path = aMemoryPath();
  const memory = aMemory({ path });
  const database = new Database();
  const orders = numbered(count);
  for (const order of orders) memory.note(order);
  database.put(orders);
  return { path, memory, database, orders };
}

/** Longer than from one look to the next. */
const A_LOOK_LATER_MS = 500;

test('what was forgotten while no daemon ran is noticed at the start: one error line, an event for each, a walk', async () => {
  const { memory, database, orders } = setUp();
  const lost = orders.slice(2);
  database.forget(lost);
  const { recovery, lines, asked, walks } = aRecovery(memory, database);
  await expect.poll(() => walks).toEqual([new Date(ACKED_AT + 3 - 3_600_000).toISOString()]);
  expect(asked.toSorted()).toEqual(['N3', 'N4', 'N5']);
  expect(lines).toMatchObject([
    {
      level: ERROR,
      msg: 'the database has forgotten 3 orders: a failover, or a restored backup; fetching from the shop what it lost',
      forgotten: 3,
      orders: ['N3', 'N4', 'N5'],
      ackedFrom: new Date(ACKED_AT + 3).toISOString(),
      ackedUntil: new Date(ACKED_AT + 5).toISOString(),
    },
  ]);
  expect([recovery.noticed, recovery.missing]).toEqual([3, 3]);

  recovery.lookSoon();
  await sleep(A_LOOK_LATER_MS);
  expect(lines).toHaveLength(1);
  expect(asked).toHaveLength(3);

  // One by this daemon, the others by another one.
  memory.note({ ...numbered(1, 3)[0], ...orders[2] } as AckedOrder);
  database.put(lost);
  await expect.poll(() => lines.at(-1)).toMatchObject({ level: INFO, msg: 'all 3 orders are back', returned: 3 });
  expect([recovery.noticed, recovery.missing]).toEqual([3, 0]);
  await sleep(A_LOOK_LATER_MS);
  expect(lines).toHaveLength(2);
  expect(walks).toHaveLength(1);
});

test('where everything is held, nothing is said and nothing is asked for', async () => {
  const { memory, database } = setUp();
  const { recovery, lines, asked, walks } = aRecovery(memory, database);
  await sleep(A_LOOK_LATER_MS);
  recovery.lookSoon();
  await sleep(A_LOOK_LATER_MS);
  expect([lines, asked, walks, recovery.noticed]).toEqual([[], [], [], 0]);
});

test('a loss is noticed after a new connection, and a second one during the repair counts as more', async () => {
  const { memory, database, orders } = setUp();
  const { recovery, messages } = aRecovery(memory, database);
  await sleep(A_LOOK_LATER_MS);
  database.forget(orders.slice(4));
  recovery.lookSoon();
  await expect
    .poll(messages)
    .toEqual([
      'the database has forgotten 1 order: a failover, or a restored backup; fetching from the shop what it lost',
    ]);
  database.forget(orders.slice(1));
  recovery.lookSoon();
  await expect.poll(() => messages().at(-1)).toMatch(/^the database has forgotten 3 more orders: /);
  database.put(orders);
  await expect.poll(() => messages().at(-1)).toBe('all 4 orders are back');
});

test('a loss is noticed without a new connection too: a pooler keeps its own', async () => {
  const { memory, database, orders } = setUp();
  const { messages } = aRecovery(memory, database);
  await sleep(A_LOOK_LATER_MS);
  database.forget(orders);
  await expect.poll(messages).toHaveLength(1);
});

test('events that end in the dead letters are not counted as back', async () => {
  const { memory, database, orders } = setUp();
  database.forget(orders);
  const { lines, asked } = aRecovery(memory, database);
  await expect.poll(() => asked.length).toBe(5);
  database.put(orders.slice(1));
  database.lastEvents.set('N1', { state: 'dead-lettered', at: new Date().toISOString(), reason: 'order_not_found' });
  await expect
    .poll(() => lines.at(-1))
    .toMatchObject({
      level: WARN,
      msg: '4 of 5 orders are back; the events for 1 ended in the dead letters',
      returned: 4,
      failed: 1,
    });
  expect(allOf(memory)).toHaveLength(4);
});

test('an older version that was written since is looked at in the shop once, without an alarm', async () => {
  const { memory, database, orders } = setUp();
  const [first] = orders;
  if (first === undefined) throw new Error('expected an order');
  database.put([{ ...first, updatedAt: '2026-11-22T07:00:00.000Z' }]);
  database.lastEvents.set(first.orderNumber, { state: 'synced', at: new Date().toISOString() });
  const { recovery, lines, asked } = aRecovery(memory, database);
  await expect.poll(() => asked).toEqual([first.orderNumber]);
  recovery.lookSoon();
  await sleep(A_LOOK_LATER_MS);
  expect([asked, lines, recovery.noticed]).toEqual([[first.orderNumber], [], 0]);
});

test('a restart in the middle goes on: no second error line, no second event, and it says when all is back', async () => {
  const { path, memory, database, orders } = setUp();
  database.forget(orders.slice(3));
  let isBrokerUp = true;
  const publish = async () => {
    if (!isBrokerUp) throw new Error('the broker is away');
    isBrokerUp = false;
  };
  const first = aRecovery(memory, database, { publish, walk: async () => 'later' });
  await expect.poll(() => first.lines.filter(({ level }) => level === ERROR)).toHaveLength(1);
  await expect.poll(() => memory.forgottenAfter(0, 10).filter(({ askedAt }) => askedAt !== null)).toHaveLength(1);
  await first.recovery.stop();
  memory.close();

  const second = aRecovery(aMemory({ path }), database);
  await expect.poll(() => second.walks).toHaveLength(1);
  await expect.poll(() => second.asked).toHaveLength(1);
  database.put(orders);
  await expect.poll(second.messages).toEqual(['all 2 orders are back']);
});

test('a database that does not answer is asked again, and nobody is told', async () => {
  const { memory, database, orders } = setUp();
  database.forget(orders);
  database.isDown = true;
  const { lines, asked } = aRecovery(memory, database);
  await sleep(A_LOOK_LATER_MS);
  expect([lines, asked]).toEqual([[], []]);
  database.isDown = false;
  await expect.poll(() => asked.length).toBe(5);
});

test('where everything is gone, the walk begins where the database says it had compared the shop', async () => {
  const { memory, database, orders } = setUp();
  database.forget(orders);
  database.cursor = '2026-11-21T12:00:00.000Z';
  const { walks } = aRecovery(memory, database);
  await expect.poll(() => walks).toEqual(['2026-11-21T11:00:00.000Z']);
});

test('while many events wait, the walk waits; a shop that cannot be walked is said once', async () => {
  const { memory, database, orders } = setUp();
  database.forget(orders);
  let isBusy = true;
  let walked = 0;
  const walk = async () => {
    walked += 1;
    return { impossible: 'it has no list' };
  };
  const { lines, asked } = aRecovery(memory, database, { walk, isBusy: async () => isBusy });
  await expect.poll(() => asked.length).toBe(5);
  await sleep(A_LOOK_LATER_MS);
  expect(walked).toBe(0);
  isBusy = false;
  await expect.poll(() => lines.at(-1)).toMatchObject({ level: WARN, error: 'it has no list' });
  await sleep(A_LOOK_LATER_MS);
  expect(walked).toBe(1);
});
