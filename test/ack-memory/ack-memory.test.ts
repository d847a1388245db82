import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import type { AckMemory } from '../../src/ack-memory/ack-memory.ts';
import { recall } from '../../src/ack-memory/recall.ts';
import { heldForAMoment } from './helpers/held-file.ts';
import { ACKED_AT, allOf, aMemory, aMemoryPath, anAckedOrder, numbered, numbersOf } from './helpers/memory.ts';

function note(memory: AckMemory, orders = numbered(3)): void {
  for (const order of orders) memory.note(order);
}

test('remembers what was acked in the order of the acks, each order once and as it was acked last', () => {
  const memory = aMemory();
  note(memory);
  memory.note(anAckedOrder({ orderNumber: 'N1', shopOrderId: 'id-1', status: 'cancelled' }));
  expect(numbersOf(allOf(memory))).toEqual(['N2', 'N3', 'N1']);
  expect(allOf(memory).at(-1)).toMatchObject({
    orderNumber: 'N1',
    shopOrderId: 'id-1',
    status: 'cancelled',
    ackedAt: ACKED_AT,
    forgottenAt: null,
  });
});

test('an ack of an earlier write does not displace that of a later one, which another daemon may have noted', () => {
  const path = aMemoryPath();
  const [one, other] = [aMemory({ path }), aMemory({ path })];
  const [earlier, later] = [1, 2].map((at) =>
    anAckedOrder({ status: 'paid' }, { writtenAt: at, contentHash: `v${at}` }),
  );
  if (earlier === undefined || later === undefined) throw new TypeError('two versions');
  other.note(later);
  expect(allOf(other)).toMatchObject([{ contentHash: 'v2' }]);
  one.note(earlier);
  expect(allOf(one)).toMatchObject([{ contentHash: 'v2' }]);
  one.note(later);
  one.note(earlier);
  expect(allOf(one)).toMatchObject([{ contentHash: 'v2' }]);
});

test('after the clock was set back, the newest ack counts all the same', () => {
  const memory = aMemory();
  memory.note(anAckedOrder({}, { writtenAt: Date.now() + 3_600_000, contentHash: 'v1' }));
  expect(allOf(memory)).toMatchObject([{ contentHash: 'v1' }]);
  memory.note(anAckedOrder({}, { writtenAt: Date.now(), contentHash: 'v2' }));
  expect(allOf(memory)).toMatchObject([{ contentHash: 'v2' }]);
});

test('knows after a restart what it was told before, though nobody asked in between', () => {
  const path = aMemoryPath();
  const memory = aMemory({ path });
  note(memory);
  memory.close();
  expect(numbersOf(allOf(aMemory({ path })))).toEqual(['N1', 'N2', 'N3']);
});

test('writes by itself within moments', async () => {
  const path = aMemoryPath();
  note(aMemory({ path }));
  await expect.poll(() => recall(path, 'shop', 'N2')).toMatchObject([{ orderNumber: 'N2' }]);
});

test('holds the last ten thousand, and two thousand more at most', () => {
  const memory = aMemory();
  for (let from = 1; from <= 13_000; from += 400) {
    note(memory, numbered(400, from));
    // Writes them.
    expect(memory.ordersAfter(0, 1)).toHaveLength(1);
  }
  const orders = allOf(memory);
  expect(orders.length).toBeGreaterThanOrEqual(10_000);
  expect(orders.length).toBeLessThanOrEqual(12_000);
  expect(orders.at(-1)?.orderNumber).toBe('N13200');
});

test('what the database has forgotten is not dropped for newer orders', () => {
  const memory = aMemory();
  note(memory);
  const [first] = allOf(memory);
  memory.forgot(first === undefined ? [] : [first], ACKED_AT, ACKED_AT);
  note(memory, numbered(13_000, 4));
  expect(numbersOf(memory.forgottenAfter(0, 10))).toEqual(['N1']);
  expect(numbersOf(allOf(memory)).slice(0, 2)).not.toContain('N2');
});

test('an ack of an order that was forgotten brings it back', () => {
  const memory = aMemory();
  note(memory);
  memory.forgot(allOf(memory), ACKED_AT, ACKED_AT);
  note(memory, numbered(1, 2));
  expect(numbersOf(memory.forgottenAfter(0, 10))).toEqual(['N1', 'N3']);
});

test('an order acked since it was looked up is not noted as forgotten', () => {
  const memory = aMemory();
  note(memory);
  const looked = allOf(memory);
  note(memory, numbered(1, 2));
  allOf(memory);
  expect(numbersOf(memory.forgot(looked, ACKED_AT, ACKED_AT))).toEqual(['N1', 'N3']);
});

test('two daemons share a file: both find all orders, and one of them notices what was forgotten', () => {
  const path = aMemoryPath();
  const [first, second] = [aMemory({ path }), aMemory({ path })];
  note(first, numbered(2));
  note(second, numbered(2, 3));
  // Each is written when it is asked for.
  expect(allOf(first)).toHaveLength(2);
  const [ofSecond, ofFirst] = [allOf(second), allOf(first)];
  expect(numbersOf(ofFirst)).toEqual(['N1', 'N2', 'N3', 'N4']);
  expect(first.forgot(ofFirst, ACKED_AT, ACKED_AT)).toHaveLength(4);
  expect(second.forgot(ofSecond, ACKED_AT, ACKED_AT)).toEqual([]);
  expect(second.loss).toEqual({ orders: 4, failed: 0, walkFrom: ACKED_AT });
  expect([first.ended(), second.ended()]).toEqual([true, false]);
});

test('each shop and each database has a memory of its own in the file', () => {
  const path = aMemoryPath();
  const [ours, theirs] = [aMemory({ path, scope: 'ours' }), aMemory({ path, scope: 'theirs' })];
  note(ours);
  note(theirs, numbered(1, 2));
  ours.forgot(allOf(ours), ACKED_AT, ACKED_AT);
  expect(numbersOf(allOf(theirs))).toEqual(['N2']);
  expect([ours.forgotten, theirs.forgotten]).toEqual([3, 0]);
  expect(theirs.loss).toEqual({ orders: 0, failed: 0, walkFrom: null });
});

test('while another process holds the file, nothing waits and nothing is lost', () => {
  const path = aMemoryPath();
  const warnings: string[] = [];
  const memory = aMemory({ path, warnings });
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  note(memory);
  expect(allOf(memory)).toEqual([]);
  other.exec('ROLLBACK');
  expect(numbersOf(allOf(memory))).toEqual(['N1', 'N2', 'N3']);
  expect(warnings).toEqual([]);
});

test('the last write waits for another process that holds the file', async () => {
  const path = aMemoryPath();
  const memory = aMemory({ path });
  await heldForAMoment(path);
  note(memory);
  memory.close();
  expect(numbersOf(allOf(aMemory({ path })))).toEqual(['N1', 'N2', 'N3']);
});

test('an older version does not take the place of a newer one, unless the shop was asked in between', () => {
  const memory = aMemory();
  const newer = anAckedOrder({ updatedAt: '2026-11-22T09:00:00.000Z' });
  const older = anAckedOrder({}, { writtenAt: ACKED_AT + 1 });
  const remembered = () => allOf(memory).map(({ updatedAt }) => updatedAt);
  note(memory, [newer]);
  note(memory, [older]);
  expect(remembered()).toEqual([newer.updatedAt]);
  note(memory, [older]);
  expect(remembered()).toEqual([newer.updatedAt]);
  memory.asked(allOf(memory), ACKED_AT + 2);
  note(memory, [{ ...older, writtenAt: ACKED_AT + 3 }]);
  expect(remembered()).toEqual([older.updatedAt]);
});

test('a damaged file is set aside and begins anew, with one warning', () => {
  const path = aMemoryPath();
  mkdirSync(dirname(path));
  writeFileSync(path, 'this is no database, and long enough to be taken for one '.repeat(100));
  const warnings: string[] = [];
  const memory = aMemory({ path, warnings });
  note(memory);
  memory.close();
  expect(warnings).toEqual([`${path} is damaged and was set aside: it begins anew`]);
  expect(readFileSync(`${path}.damaged`, 'utf8')).toMatch(/^this is no database/);
  expect(numbersOf(allOf(aMemory({ path })))).toEqual(['N1', 'N2', 'N3']);
});

test("another program's database is left alone", () => {
  const path = aMemoryPath();
  mkdirSync(dirname(path));
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('CREATE TABLE orders (number TEXT)');
  const warnings: string[] = [];
  const memory = aMemory({ path, warnings });
  note(memory);
  expect(numbersOf(allOf(memory))).toEqual(['N1', 'N2', 'N3']);
  expect(warnings).toEqual([
    `${path} cannot be used (it is another program's database): what is acked is remembered until the daemon stops, and no longer`,
  ]);
  expect(other.prepare('SELECT name FROM sqlite_schema').all()).toHaveLength(1);
});

test('a folder that cannot be written leaves a memory for as long as the process lives', () => {
  const noFolder = dirname(aMemoryPath());
  writeFileSync(noFolder, '');
  const path = join(noFolder, 'acked.db');
  const warnings: string[] = [];
  const memory = aMemory({ path, warnings });
  note(memory);
  expect(numbersOf(allOf(memory))).toEqual(['N1', 'N2', 'N3']);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/acked\.db cannot be used \(.*\): what is acked is remembered until the daemon stops/);
});

test('a file that breaks while it is used is given up with one warning, and acks go on', () => {
  const path = aMemoryPath();
  const warnings: string[] = [];
  const memory = aMemory({ path, warnings });
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('DROP TABLE acked');
  note(memory);
  expect(allOf(memory)).toEqual([]);
  expect(numbersOf(allOf(memory))).toEqual(['N1', 'N2', 'N3']);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatch(/cannot be used any more \(no such table: .*acked\)/);
});

test('the file holds order numbers and ids, and nothing of a person', () => {
  const path = aMemoryPath();
  const memory = aMemory({ path });
  memory.note(anAckedOrder());
  memory.close();
  const bytes = readFileSync(path, 'latin1');
  expect(bytes).toContain('20261122000123456789');
  for (const personal of ['xiaoming', '138 0000', Buffer.from('王小明').toString('latin1')])
    expect(bytes).not.toContain(personal);
});

test('another process reads what is remembered of an order, by its number or its id', () => {
  const path = aMemoryPath();
  expect(recall(path, 'shop', 'N2')).toEqual([]);
  expect(existsSync(path)).toBe(false);
  const memory = aMemory({ path });
  note(memory);
  expect(allOf(memory)).toHaveLength(3);
  for (const name of ['N2', 'id-2']) expect(recall(path, 'shop', name)).toMatchObject([{ orderNumber: 'N2' }]);
  expect(recall(path, 'another shop', 'N2')).toEqual([]);
});
