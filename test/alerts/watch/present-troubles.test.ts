import { expect, test } from 'vitest';
import { presentTroubles, type WatchedState, type WatchedWay } from '../../../src/alerts/watch/present-troubles.ts';
import { BrokerRefusedError, BrokerUnavailableError } from '../../../src/broker/errors.ts';
import { type FailureReason, SyncError } from '../../../src/errors.ts';

const since = new Date('2026-11-29T08:00:00Z');
const rabbit = { isUp: true, problem: undefined, blocked: undefined };
const quiet: WatchedState = {
  ways: [{ rabbit, intake: { outage: undefined }, blockage: { queues: [] } }],
  awaited: undefined,
  stall: undefined,
  webhooksRefused: undefined,
};

const troublesOf = (state: Partial<WatchedState>) =>
  presentTroubles({ ...quiet, ...state }).map(({ trouble, since: from }) => ({ ...trouble, since: from }));
const way = (changes: Partial<WatchedWay>): Partial<WatchedState> => ({ ways: [{ rabbit, ...changes }] });

test('where all is well there is none, be it that the daemon has not begun', () => {
  expect(presentTroubles(quiet)).toEqual([]);
  expect(troublesOf(way({}))).toEqual([]);
  expect(troublesOf({ ways: [] })).toEqual([]);
});

test.each<[FailureReason, string]>([
  ['shop_refused_credentials', 'refused'],
  ['shop_rate_limited', 'limited'],
  ['shop_unreachable', 'down'],
  ['shop_error', 'down'],
])('an outage with %s: the shop is %s', (reason, cause) => {
  const outage = { dependency: 'shop' as const, since, error: new SyncError(reason, 'Finding.') };
  const expected = { kind: 'outage', part: 'shop', cause, detail: 'Finding.', since: since.getTime() };
  expect(troublesOf(way({ intake: { outage } }))).toEqual([expected]);
  expect(troublesOf({ awaited: outage })).toEqual([expected]);
});

test.each([
  [new Error('connect ECONNREFUSED'), 'down'],
  [new BrokerRefusedError('ACCESS_REFUSED'), 'turned_away'],
  [new BrokerUnavailableError('its node is down', { brokerAnswers: true }), 'unserved'],
  [undefined, 'down'],
])('RabbitMQ that is not up because of %s is %s', (problem, cause) => {
  expect(troublesOf(way({ rabbit: { ...rabbit, isUp: false, problem } }))).toMatchObject([
    { kind: 'outage', part: 'rabbitmq', cause, detail: problem?.message ?? '', since: undefined },
  ]);
});

test('an alarm, a queue that refuses, a stall and refused webhooks, from whenever they began', () => {
  const blocked = { reason: 'low on memory', since };
  const queues = [{ queue: 'orders.dead-letters', since, error: new Error('refused') }];
  const state = {
    ...way({ rabbit: { ...rabbit, blocked }, blockage: { queues } }),
    stall: { since, inFlight: 3 },
    webhooksRefused: 'failed' as const,
  };
  expect(troublesOf(state)).toEqual([
    { kind: 'broker_alarm', reason: 'low on memory', since: since.getTime() },
    { kind: 'queue_refuses', queue: 'orders.dead-letters', detail: 'refused', since: since.getTime() },
    { kind: 'stalled', inFlight: 3, since: since.getTime() },
    { kind: 'webhooks_refused', cause: 'failed', since: undefined },
  ]);
});
