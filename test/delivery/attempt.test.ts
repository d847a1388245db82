import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AckBuffer } from '../../src/broker/ack-buffer.ts';
import { Delivery } from '../../src/broker/delivery.ts';
import { Attempt } from '../../src/delivery/attempt.ts';
import { SyncError } from '../../src/errors.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

function anAttempt(headers: Record<string, unknown> = {}, properties: object = {}): Attempt {
  const fields = { exchange: 'orders', routingKey: 'orders', deliveryTag: 7, redelivered: false, messageCount: 0 };
  const message = {
    content: Buffer.from('10086'),
    fields,
    properties: { headers, ...properties },
  } as ConstructorParameters<typeof Delivery>[0];
  const channel = {} as ConstructorParameters<typeof AckBuffer>[0];
  return new Attempt(new Delivery(message, new AckBuffer(channel), new AbortController().signal), 4);
}

test('a step that happens twice counts with all of its time, settling included', () => {
  const attempt = anAttempt();
  for (const [step, ms] of [
    ['fetch', 30],
    ['write', 5],
    ['fetch', 40],
    ['write', 6],
    ['settle', 7],
  ] as const) {
    attempt.begin(step);
    vi.advanceTimersByTime(ms);
  }
  expect(attempt.end({ outcome: 'synced' }).facts).toMatchObject({ fetchMs: 70, writeMs: 11, settleMs: 7 });
});

test('a step that never began has no time', () => {
  const attempt = anAttempt();
  attempt.begin('settle');
  vi.advanceTimersByTime(3);
  const { facts } = attempt.end({ outcome: 'dead-lettered' });
  expect(facts).toMatchObject({ fetchMs: null, writeMs: null, settleMs: 3 });
});

test('counts from the failures in the headers, when they are plausible', () => {
  expect(anAttempt({ 'x-order-sync-failures': 2 }).number).toBe(3);
  expect(anAttempt({ 'x-order-sync-failures': 5 }).number).toBe(1);
  expect(anAttempt().number).toBe(1);
});

const NOW = Date.UTC(2026, 10, 22, 8);
const MINUTES_AGO = (minutes: number) => Date.now() - minutes * 60_000;

test.each([
  ['of unknown age', {}, {}, true],
  ['just published', { 'x-order-sync-published-at': MINUTES_AGO(4) }, {}, true],
  ['published long ago', { 'x-order-sync-published-at': MINUTES_AGO(6) }, {}, false],
  ['published long ago by another program', {}, { timestamp: Math.floor(MINUTES_AGO(6) / 1000) }, false],
  ['with a timestamp in ms, which AMQP does not have', {}, { timestamp: MINUTES_AGO(6) }, true],
  ['whose own time is younger', { 'x-order-sync-published-at': MINUTES_AGO(1) }, { timestamp: 1_700_000_000 }, true],
  ['that failed before', { 'x-order-sync-failures': 1 }, {}, false],
  ['that is looked at for the last time', { 'x-order-sync-last-look': 1 }, {}, false],
  ['with a forged mark', { 'x-order-sync-last-look': 'yes' }, {}, true],
])('an event %s may or may not be early', (_, headers, properties, isEarly) => {
  expect(anAttempt(headers, properties).mayBeEarly).toBe(isEarly);
});

test('what a write brought is not lost when the attempt fails all the same', () => {
  const attempt = anAttempt();
  attempt.written = { outcome: 'synced', conflict: ['items_added'], previousNumber: '1005' };
  const error = new SyncError('not_yet_paid', 'Still pending.');
  expect(attempt.end({ outcome: 'retrying', error, delayMs: 5000 }).facts).toMatchObject({
    outcome: 'retrying',
    written: true,
    conflicts: ['items_added'],
    previousNumber: '1005',
  });
  expect(anAttempt().end({ outcome: 'dead-lettered', error, conflicts: ['gone'] }).facts).toMatchObject({
    written: undefined,
    conflicts: ['gone'],
  });
});

test.each([
  ["by order-sync's own header, to the ms", { 'x-order-sync-published-at': NOW - 1_234 }, {}, 1_234],
  ["by AMQP's timestamp, in whole seconds", {}, { timestamp: NOW / 1000 - 3 }, 3_000],
  ['by the header where both are there', { 'x-order-sync-published-at': NOW - 5 }, { timestamp: NOW / 1000 - 9 }, 5],
  ['by the timestamp where the header is forged', { 'x-order-sync-published-at': 'now' }, { timestamp: NOW / 1000 }, 0],
  ['not at all, without either', {}, {}, null],
])('the time in the queue is told %s', (_, headers, properties, queueMs) => {
  vi.useFakeTimers({ toFake: ['performance', 'Date'], now: NOW });
  expect(anAttempt(headers, properties).end({ outcome: 'synced' }).facts.queueMs).toBe(queueMs);
});
