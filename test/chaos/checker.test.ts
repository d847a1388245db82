import { expect, test } from 'vitest';
import { check } from '../../chaos/checks/checker.ts';
import type { InternalRecords, Records, WireRecords } from '../../chaos/checks/records.ts';
import { aDaemon, aLine, anAck, anEvent, CANCELLED, PAID, someRecords } from './records-builder.ts';

function violated(records: Records): string[] {
  return [...new Set(check(records).violations.map(({ invariant }) => invariant))];
}

function withInternal(overrides: Partial<InternalRecords>): Records {
  const records = someRecords();
  return { ...records, internal: { ...records.internal, ...overrides } };
}

function withWire(overrides: Partial<WireRecords>): Records {
  const records = someRecords();
  return { ...records, wire: { ...records.wire, ...overrides } };
}

test('finds no violation where there is none', () => {
  expect(check(someRecords())).toMatchObject({
    violations: [],
    numbers: { orders: 1, lost: 0, doubled: 0, regressed: 0, recoverySeconds: 1 },
  });
});

test('an ack before the commit', () => {
  expect(violated(withWire({ acks: [anAck({ messageId: 'paid-1', stored: undefined })] }))).toEqual(['I4']);
  expect(violated(withWire({ acks: [anAck({ messageId: 'cancel-1', stored: PAID })] }))).toEqual(['I4']);
});

test('an event must bring the newer version of an order that has changed since, unless the shop lags', () => {
  const [paid = anEvent(), , malformed = anEvent()] = someRecords().events;
  const events = [{ ...paid, version: 1 }, malformed];
  const rows = [{ orderNumber: '1', status: 'paid', content: PAID, lines: 2, linesInContent: 2 }];
  const behind = { ...withInternal({ rows, effects: someRecords().internal.effects.slice(0, 1) }), events };
  const acks = someRecords().wire.acks.filter(({ messageId }) => messageId !== 'cancel-1');
  const records = { ...behind, wire: { ...behind.wire, acks } };
  expect(violated(records)).toEqual(['I1', 'I4']);
  expect(violated({ ...records, limits: { ...records.limits, shopLags: true } })).toEqual([]);
});

test('an ack of a dead letter or retry that the broker has not confirmed', () => {
  expect(
    violated(withWire({ acks: [anAck({ messageId: 'malformed-0', stored: undefined, confirmedCopies: 0 })] })),
  ).toEqual(['I4']);
});

test('a retry that was sent without waiting for the confirm, and lost', () => {
  const unsaved = anAck({ messageId: 'paid-1', stored: undefined });
  const records = {
    ...withInternal({ rows: [], effects: [], ledger: [] }),
    wire: { ...someRecords().wire, acks: [unsaved] },
  };
  expect(violated(records)).toEqual(['I1', 'I4']);
});

test('an ack while the database does not answer proves nothing', () => {
  expect(violated(withWire({ acks: [anAck({ stored: 'unavailable' })] }))).toEqual([]);
});

test('a missing newest-wins guard: paid after cancelled', () => {
  const effects = [
    { orderNumber: '1', content: CANCELLED, isInsert: true },
    { orderNumber: '1', content: PAID, isInsert: false },
  ];
  const rows = [{ orderNumber: '1', status: 'paid', content: PAID, lines: 2, linesInContent: 2 }];
  expect(violated(withInternal({ effects, rows }))).toEqual(['I1', 'I3']);
  // Even when the final version is right.
  const more = [...effects, { orderNumber: '1', content: CANCELLED, isInsert: false }];
  expect(violated(withInternal({ effects: more }))).toEqual(['I2', 'I3']);
});

test('a lost event, and a lost dead letter', () => {
  expect(violated(withInternal({ rows: [], effects: [], ledger: [] }))).toEqual(['I1']);
  expect(violated(someRecords({ deadLetters: [] }))).toEqual(['I1']);
});

test('an event that was never confirmed may be missing; one that was confirmed on a later try may not', () => {
  const lost = { rows: [], effects: [], ledger: [] };
  const [, , malformed = anEvent()] = someRecords().events;
  const unknown = { ...withInternal(lost), events: [anEvent({ result: 'unknown' }), malformed] };
  expect(violated(unknown)).toEqual([]);
  const confirmedLater = { ...unknown, events: [...unknown.events, anEvent({ result: 'confirmed' })] };
  expect(violated(confirmedLater)).toEqual(['I1']);
});

test('a dead letter without a reason, or because of an outage', () => {
  const malformed = { messageId: 'malformed-0', reason: 'malformed_event' };
  expect(violated(someRecords({ deadLetters: [malformed, { messageId: 'paid-1', reason: undefined }] }))).toContain(
    'I1',
  );
  const outage = [malformed, { messageId: 'paid-1', reason: 'shop_error' }];
  expect(violated(someRecords({ deadLetters: outage }))).toEqual(['I1']);
  const { limits } = someRecords();
  expect(
    violated(someRecords({ deadLetters: outage, limits: { ...limits, deadLetterReasons: ['shop_error'] } })),
  ).toEqual([]);
});

test('a second row, one line too many, a repeated effect', () => {
  const [row] = someRecords().internal.rows;
  if (row === undefined) throw new Error('no row');
  expect(violated(withInternal({ rows: [row, row] }))).toEqual(['I2']);
  expect(violated(withInternal({ rows: [{ ...row, lines: 4 }] }))).toEqual(['I2']);
  const again = [...someRecords().internal.effects, { orderNumber: '1', content: CANCELLED, isInsert: false }];
  expect(violated(withInternal({ effects: again }))).toEqual(['I2']);
});

test('two dead letters for one event, where a fault cannot explain them', () => {
  const { limits, deadLetters } = someRecords();
  const twice = [...deadLetters, ...deadLetters];
  expect(violated(someRecords({ deadLetters: twice }))).toEqual([]);
  expect(violated(someRecords({ deadLetters: twice, limits: { ...limits, deadLettersOnce: true } }))).toEqual(['I2']);
});

test('content that the shop never served, or served for another order', () => {
  const { served } = someRecords();
  expect(violated(someRecords({ served: served.slice(0, 1) }))).toEqual(['I5']);
  expect(violated(someRecords({ served: served.map((reply) => ({ ...reply, references: ['2'] })) }))).toEqual(['I5']);
});

test('a ledger that contradicts the order', () => {
  expect(violated(withInternal({ ledger: [{ reference: '1', state: 'retrying', attempts: 1 }] }))).toEqual(['I1']);
});

test('a stall, a late recovery, no recovery', () => {
  const { times } = someRecords();
  expect(violated(someRecords({ times: { ...times, isQuiet: false } }))).toEqual(['I6']);
  expect(violated(someRecords({ left: { orders: 3 } }))).toEqual(['I6']);
  expect(violated(someRecords({ times: { ...times, longestStallMs: 31_000 } }))).toEqual(['I6']);
  expect(violated(someRecords({ times: { ...times, recoveryMs: 15_001 } }))).toEqual(['I7']);
  expect(violated(someRecords({ times: { ...times, recoveryMs: undefined } }))).toEqual(['I7']);
});

test('more in flight than the prefetch, and leaking descriptors', () => {
  expect(violated(withWire({ maxUnacked: 18 }))).toEqual(['I8']);
  expect(violated(someRecords({ daemons: [aDaemon({ descriptors: { before: 20, after: 60 } })] }))).toEqual(['I8']);
});

test('one attempt too many, an attempt counted in an outage, a retry before its delay is over', () => {
  const lines = [...aDaemon().output];
  const said = (line: string) =>
    violated(someRecords({ daemons: [aDaemon({ output: [...lines, line], metrics: undefined })] }));
  expect(said(aLine({ orderNumber: '1', outcome: 'unchanged', attempt: 5 }))).toContain('I9');
  expect(said(aLine({ orderNumber: '1', outcome: 'retrying', reason: 'shop_error' }))).toContain('I9');
  const { arrivals } = someRecords().wire;
  const early = { messageId: 'paid-1', at: 350 };
  const waits = [{ messageId: 'paid-1', sentAt: 150, dueAt: 450 }];
  expect(violated(withWire({ arrivals: [...arrivals, early], waits, deliveries: 4 }))).toEqual(['I9']);
  expect(violated(withWire({ arrivals: [...arrivals, { ...early, at: 450 }], waits, deliveries: 4 }))).toEqual([]);
});

test('a log line that is not JSON, an ack without a log line, metrics that contradict the log', () => {
  const { output } = aDaemon();
  expect(violated(someRecords({ daemons: [aDaemon({ output: [...output, 'Error: oh'] })] }))).toEqual(['I10']);
  expect(violated(someRecords({ daemons: [aDaemon({ output: output.slice(1), metrics: undefined })] }))).toEqual([
    'I10',
  ]);
  expect(violated(someRecords({ daemons: [aDaemon({ metrics: aDaemon().metrics?.replace('} 2', '} 3') })] }))).toEqual([
    'I10',
  ]);
});

test('a last line that does not add up', () => {
  const { output } = aDaemon();
  const stopped = (finished: number) => [
    '{"level":"info","msg":"stopping: finishing what is in flight"}',
    ...output,
    `{"level":"info","finished":${finished},"requeued":0,"neverBegun":7,"msg":"stopped"}`,
  ];
  expect(violated(someRecords({ daemons: [aDaemon({ output: stopped(output.length) })] }))).toEqual([]);
  expect(violated(someRecords({ daemons: [aDaemon({ output: stopped(output.length - 1) })] }))).toEqual(['I10']);
});

test('an unexpected exit status', () => {
  expect(violated(someRecords({ daemons: [aDaemon({ exit: 70 })] }))).toEqual(['I11']);
  expect(violated(someRecords({ daemons: [aDaemon({ exit: undefined })] }))).toEqual(['I11']);
});

test('a secret in log, stderr, argument list or metrics', () => {
  const { output, metrics } = aDaemon();
  for (const leak of [
    { output: [...output, '{"msg":"canary"}'] },
    { stderr: '王小明' },
    { commandLine: 'node --token=canary' },
    { metrics: `${metrics}\n# canary` },
  ])
    expect(violated(someRecords({ daemons: [aDaemon(leak)] }))).toEqual(['I12']);
});
