import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import type { OrderEvent } from '../../src/messages/order-event.ts';
import { Spool, SpoolFullError } from '../../src/webhooks/spool.ts';
import { aFolder } from './helpers/service.ts';

const AT = new Date('2026-11-29T08:00:00.120Z');

function aSpool(options: { path?: string; max?: number } = {}): Spool {
  const spool = new Spool({ path: join(aFolder(), 'deep', 'spool.db'), max: 1_000, ...options });
  onTestFinished(() => spool.close());
  return spool;
}

function events(...references: string[]): OrderEvent[] {
  return references.map((reference) => ({ reference, type: 'paid' }));
}

test('keeps events in the order of arrival, with their time', () => {
  const spool = aSpool();
  spool.append(events('b', 'a'), AT);
  spool.append(events('b'), AT);
  expect(spool.oldest(10).events.map(({ reference }) => reference)).toEqual(['b', 'a', 'b']);
  expect(spool.oldest(1).events).toEqual([{ id: 1, reference: 'b', type: 'paid', receivedAt: AT }]);
});

test('an event that was removed never comes back, and one after it keeps its place', () => {
  const spool = aSpool();
  spool.append(events('1', '2', '3'), AT);
  spool.oldest(10).removeThrough(2);
  spool.append(events('4'), AT);
  expect(spool.oldest(10).events.map(({ reference, id }) => [reference, id])).toEqual([
    ['3', 3],
    ['4', 4],
  ]);
  expect(spool.size).toBe(2);
});

test('another process finds what was kept', () => {
  const path = join(aFolder(), 'spool.db');
  aSpool({ path }).append(events('#1001', '订单1001'), AT);
  const next = aSpool({ path });
  expect(next.oldest(10).events.map(({ reference }) => reference)).toEqual(['#1001', '订单1001']);
  expect(next.size).toBe(2);
});

test('what another process has published meanwhile no longer counts', () => {
  const path = join(aFolder(), 'spool.db');
  const spool = aSpool({ path });
  spool.append(events('1', '2'), AT);
  aSpool({ path }).oldest(10).removeThrough(2);
  expect(spool.oldest(10).events).toEqual([]);
  expect(spool.size).toBe(0);
});

test('a file that was deleted is made again, with all that waits in it', () => {
  const folder = join(aFolder(), 'data');
  const path = join(folder, 'spool.db');
  const spool = aSpool({ path });
  spool.append(events('1', '2'), AT);
  rmSync(folder, { recursive: true });
  spool.append(events('3'), AT);
  expect(
    aSpool({ path })
      .oldest(10)
      .events.map(({ reference }) => reference),
  ).toEqual(['1', '2', '3']);
  expect(spool.size).toBe(3);
});

test('what was being published when the file was replaced removes nothing from the new one', () => {
  const path = join(aFolder(), 'spool.db');
  const spool = aSpool({ path });
  spool.append(events('1', '2', '3'), AT);
  const { removeThrough } = spool.oldest(2);
  for (const file of [path, `${path}-wal`, `${path}-shm`]) rmSync(file);
  spool.append(events('4'), AT);
  removeThrough(2);
  expect(spool.oldest(10).events.map(({ reference }) => reference)).toEqual(['1', '2', '3', '4']);
  expect(spool.size).toBe(4);
});

test('events that wait are kept where the file cannot be made again', () => {
  const folder = join(aFolder(), 'data');
  const spool = aSpool({ path: join(folder, 'spool.db') });
  spool.append(events('1'), AT);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'no folder any more');
  expect(() => spool.append(events('2'), AT)).toThrow('EEXIST');
  rmSync(folder);
  spool.append(events('3'), AT);
  expect(spool.oldest(10).events.map(({ reference }) => reference)).toEqual(['1', '3']);
});

test('a full spool takes all of a webhook’s events or none', () => {
  const spool = aSpool({ max: 3 });
  spool.append(events('1', '2'), AT);
  expect(() => spool.append(events('3', '4'), AT)).toThrow(SpoolFullError);
  expect(spool.size).toBe(2);
  spool.append(events('3'), AT);
  expect(spool.isFull).toBe(true);
});

test('a path that cannot be used is a problem of the configuration', () => {
  const folder = aFolder();
  mkdirSync(join(folder, 'spool.db'));
  expect(() => new Spool({ path: join(folder, 'spool.db'), max: 1 })).toThrow(ConfigError);
});
