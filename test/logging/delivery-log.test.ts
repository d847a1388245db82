import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { DeliveryFacts } from '../../src/delivery/outcome.ts';
import { OUTCOMES } from '../../src/delivery/outcome.ts';
import { logOutcome } from '../../src/logging/delivery-log.ts';
import { readableLine } from '../../src/logging/readable-line.ts';
import { someFacts } from '../helpers/delivery-facts.ts';

function lineOf(facts: DeliveryFacts): Record<string, unknown> {
  const lines: string[] = [];
  const options = { base: null, timestamp: false, formatters: { level: (level: string) => ({ level }) } };
  logOutcome(pino(options, { write: (line: string) => lines.push(line) }), facts);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

test('a synced order', () => {
  expect(lineOf(someFacts())).toEqual({
    level: 'info',
    msg: 'synced 20261122000123456789 (paid)',
    orderNumber: '20261122000123456789',
    event: 'paid',
    status: 'paid',
    outcome: 'synced',
    attempt: 1,
    deliveryTag: 7,
    redelivered: false,
    queueMs: 3,
    fetchMs: 12.3,
    writeMs: 2,
    settleMs: 0.1,
    totalMs: 17.5,
  });
});

test('an event that named the shop’s own id keeps that too', () => {
  expect(lineOf(someFacts({ reference: '98231' }))).toMatchObject({
    orderNumber: '20261122000123456789',
    reference: '98231',
  });
});

test('an event with a trace can be found by it', () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const line = lineOf(someFacts({ traceId }));
  expect(line).toMatchObject({ trace_id: traceId });
  expect(line).not.toHaveProperty('traceId');
  expect(lineOf(someFacts())).not.toHaveProperty('trace_id');
});

test('a retry says why and when', () => {
  const facts = someFacts({
    reference: '98231',
    orderNumber: null,
    outcome: 'retrying',
    reason: 'not_yet_paid',
    error: 'The shop still says pending.',
    delayMs: 5000,
    writeMs: null,
  });
  expect(lineOf(facts)).toMatchObject({
    level: 'warn',
    msg: 'retrying 98231 (paid): not_yet_paid, next attempt in 5 s',
    orderNumber: null,
    reference: '98231',
    reason: 'not_yet_paid',
    error: 'The shop still says pending.',
    nextAttemptInMs: 5000,
    writeMs: null,
  });
});

test('a retry says what was written although the event announced more, and what staff must hear of', () => {
  const facts = someFacts({
    outcome: 'retrying',
    reason: 'not_yet_paid',
    status: 'pending',
    written: true,
    conflicts: ['no_longer_paid'],
    delayMs: 5000,
  });
  expect(lineOf(facts)).toMatchObject({
    level: 'warn',
    msg: 'retrying 20261122000123456789 (paid): not_yet_paid, written as pending, next attempt in 5 s, but picking had begun: no longer paid',
    written: true,
    conflicts: ['no_longer_paid'],
  });
});

test('a later look at an event that changed nothing is no warning', () => {
  const line = lineOf(someFacts({ event: 'updated', outcome: 'unchanged', delayMs: 5000 }));
  expect(line).toMatchObject({
    level: 'info',
    msg: 'unchanged 20261122000123456789 (updated), looked at again in 5 s',
    nextLookInMs: 5000,
  });
  expect(line).not.toHaveProperty('nextAttemptInMs');
});

test('an event that could not be decoded', () => {
  const facts = someFacts({
    reference: null,
    orderNumber: null,
    event: null,
    outcome: 'dead-lettered',
    reason: 'malformed_event',
  });
  expect(lineOf(facts)).toMatchObject({
    level: 'error',
    msg: 'dead-lettered an event that names no order: malformed_event',
  });
});

test('a conflict is a warning', () => {
  expect(lineOf(someFacts({ event: 'updated', conflicts: ['items_removed', 'address_changed'] }))).toMatchObject({
    level: 'warn',
    msg: 'synced 20261122000123456789 (updated), but picking had begun: items removed, shipping address changed',
    conflict: true,
    conflicts: ['items_removed', 'address_changed'],
  });
  const gone = someFacts({ outcome: 'dead-lettered', reason: 'order_not_found', conflicts: ['gone'] });
  expect(lineOf(gone)['msg']).toMatch(
    /: order_not_found, but it is stored as paid: the shop no longer has this order$/,
  );
});

test('an order whose number has changed is named by both', () => {
  expect(lineOf(someFacts({ event: 'updated', previousNumber: '1005' }))).toMatchObject({
    level: 'info',
    msg: 'synced 20261122000123456789 (updated), stored as 1005 until now',
    previousNumber: '1005',
  });
});

test('every outcome has its level', () => {
  const levels = OUTCOMES.map((outcome) => [outcome, lineOf(someFacts({ outcome }))['level']]);
  expect(Object.fromEntries(levels)).toEqual({
    synced: 'info',
    unchanged: 'info',
    stale: 'info',
    retrying: 'warn',
    'dead-lettered': 'error',
    requeued: 'info',
    split: 'info',
  });
});

describe('on a terminal', () => {
  const readable = readableLine({ colour: false });
  const lineFor = (fields: Record<string, unknown>) =>
    readable(
      `${JSON.stringify({ level: 'info', time: '2026-11-22T08:00:00.123Z', pid: 1, hostname: 'h', ...fields })}\n`,
    );

  test('a delivery is one short line', () => {
    const line = lineFor(lineOf(someFacts({ attempt: 2, writeMs: null, error: 'It failed.' })));
    expect(line).toMatch(
      /^\[\d\d:\d\d:\d\d\.123\] INFO: synced 20261122000123456789 \(paid\) · It failed\. · attempt 2 · queue 3 ms, fetch 12\.3 ms\n$/,
    );
  });

  test('other lines keep their fields', () => {
    expect(lineFor({ msg: 'Ready', queue: 'orders' })).toMatch(/INFO: Ready \{"queue":"orders"\}\n$/);
  });
});
