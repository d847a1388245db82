import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { SafeDatabase } from '../../../src/ack-memory/safe-database.ts';
import type { Trouble } from '../../../src/alerts/watch/happening.ts';
import { TroubleStore } from '../../../src/alerts/watch/trouble-store.ts';
import { type Began, type Ended, Troubles } from '../../../src/alerts/watch/troubles.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-11-29T08:00:00Z');
const SHOP: Trouble = { kind: 'outage', part: 'shop', cause: 'down', detail: 'It does not answer.' };
const QUEUE: Trouble = { kind: 'queue_refuses', queue: 'orders.retry.10000', detail: 'It is full.' };

function aFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'acked.db');
}

/** A daemon that tells after five minutes, and whose troubles are over after half a minute. */
function aDaemon(file = aFile()) {
  const database = new SafeDatabase(file, () => undefined);
  onTestFinished(() => database.close());
  const began: Began[] = [];
  const ended: Ended[] = [];
  const troubles = new Troubles({
    store: new TroubleStore(database, 'demo orders'),
    tellAfterMs: () => 5 * MINUTE,
    overAfterMs: MINUTE / 2,
    began: (told) => began.push(told),
    ended: (told) => ended.push(told),
  });
  return {
    file,
    began,
    ended,
    troubles,
    /** Looks at this minute after the start. */
    look(minute: number, present: readonly Trouble[] = [], { waiting = 0, knows = true } = {}) {
      const seen = present.map((trouble) => ({ trouble }));
      troubles.look(seen, waiting, () => knows, START + minute * MINUTE);
    },
  };
}

test('what lasts is told once, and so is its end, with how long it took and how many waited', () => {
  const daemon = aDaemon();
  for (let minute = 0; minute < 5; minute += 1) daemon.look(minute, [SHOP], { waiting: minute });
  expect(daemon.began).toEqual([]);
  for (let minute = 5; minute <= 20; minute += 1) daemon.look(minute, [SHOP], { waiting: minute });
  expect(daemon.began).toEqual([{ trouble: SHOP, since: START, waiting: 5 }]);
  daemon.look(20.2, [], { waiting: 18 });
  expect(daemon.ended).toEqual([]);
  daemon.look(20.6);
  daemon.look(21);
  expect(daemon.ended).toEqual([{ trouble: SHOP, since: START, lastedMs: 20 * MINUTE, waited: 20 }]);
  expect(daemon.began).toHaveLength(1);
});

test('what is over before it is told is never told, and neither is its end', () => {
  const daemon = aDaemon();
  daemon.look(0, [SHOP]);
  daemon.look(4.9, [SHOP]);
  daemon.look(6);
  daemon.look(7, [SHOP]);
  daemon.look(11.9, [SHOP]);
  expect([...daemon.began, ...daemon.ended]).toEqual([]);
  daemon.look(12, [SHOP]);
  expect(daemon.began).toMatchObject([{ since: START + 7 * MINUTE }]);
});

test('one that comes and goes is one trouble: told once, and over once it stays away', () => {
  const daemon = aDaemon();
  for (let minute = 0; minute <= 10; minute += 0.4)
    daemon.look(minute, Math.round(minute / 0.4) % 2 === 0 ? [SHOP] : []);
  expect(daemon.began).toHaveLength(1);
  expect(daemon.ended).toEqual([]);
  daemon.look(11);
  expect(daemon.ended).toHaveLength(1);
});

test('several at a time are told apart', () => {
  const daemon = aDaemon();
  daemon.look(0, [SHOP]);
  daemon.look(3, [SHOP, QUEUE]);
  daemon.look(5, [SHOP, QUEUE]);
  expect(daemon.began.map(({ trouble }) => trouble)).toEqual([SHOP]);
  daemon.look(8, [QUEUE]);
  expect(daemon.began.map(({ trouble }) => trouble)).toEqual([SHOP, QUEUE]);
  expect(daemon.ended.map(({ trouble }) => trouble)).toEqual([SHOP]);
});

test('a daemon that is restarted in the middle goes on with it: from when it began, and told no second time', () => {
  const first = aDaemon();
  first.look(0, [SHOP]);
  first.look(3, [SHOP]);
  const second = aDaemon(first.file);
  second.look(4, [SHOP]);
  second.look(5, [SHOP]);
  expect(second.began).toMatchObject([{ since: START }]);
  const third = aDaemon(first.file);
  expect(third.troubles.leftOver).toMatchObject([{ trouble: SHOP }]);
  third.look(6, [], { knows: false });
  third.look(30, [], { knows: false });
  expect(third.ended).toEqual([]);
  third.look(31, [SHOP]);
  expect(third.began).toEqual([]);
  third.look(32);
  expect(third.ended).toMatchObject([{ since: START, lastedMs: 31 * MINUTE }]);
  expect(third.troubles.leftOver).toEqual([]);
});

test('one that began before the daemon did is over once the daemon would know of it', () => {
  const first = aDaemon();
  first.look(0, [SHOP]);
  first.look(5, [SHOP]);
  const second = aDaemon(first.file);
  second.look(7, [], { knows: false });
  expect(second.ended).toEqual([]);
  second.look(8, []);
  expect(second.ended).toMatchObject([{ lastedMs: 5 * MINUTE }]);
});

test('one that nobody has seen for hours is another one when it comes again', () => {
  const first = aDaemon();
  first.look(0, [SHOP]);
  first.look(5, [SHOP]);
  const second = aDaemon(first.file);
  second.look(300, [SHOP]);
  second.look(305, [SHOP]);
  expect(second.began).toMatchObject([{ since: START + 300 * MINUTE }]);
});

test('daemons with one file tell it once, and its end only when it is over for all of them', () => {
  const one = aDaemon();
  const other = aDaemon(one.file);
  for (let minute = 0; minute <= 6; minute += 0.25) {
    one.look(minute, [SHOP]);
    other.look(minute, [SHOP]);
  }
  expect([...one.began, ...other.began]).toHaveLength(1);
  for (let minute = 6; minute <= 9; minute += 0.25) {
    one.look(minute);
    other.look(minute, [SHOP]);
  }
  expect([...one.ended, ...other.ended]).toEqual([]);
  for (let minute = 9; minute <= 10; minute += 0.25) {
    one.look(minute);
    other.look(minute);
  }
  expect([...one.ended, ...other.ended]).toMatchObject([{ lastedMs: 9 * MINUTE }]);
});

test('a file that cannot be used keeps nobody from being told', () => {
  const daemon = aDaemon('/dev/null/acked.db');
  daemon.look(0, [SHOP]);
  daemon.look(5, [SHOP]);
  daemon.look(6);
  expect(daemon.began).toHaveLength(1);
  expect(daemon.ended).toHaveLength(1);
});

test('what another daemon has seen since is not over', () => {
  const database = new SafeDatabase(aFile(), () => undefined);
  onTestFinished(() => database.close());
  const store = new TroubleStore(database, 'demo orders');
  store.note({ trouble: SHOP, since: START, now: START });
  const [row] = store.all();
  store.note({ trouble: SHOP, since: START, now: START + MINUTE });
  expect(row && store.end(row)).toBe(false);
  expect(store.all()).toMatchObject([{ seenAt: START + MINUTE }]);
});
