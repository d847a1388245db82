import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { type Line, render } from '../../../src/commands/top/render.ts';
import { after, type View } from '../../../src/commands/top/view.ts';
import { aDeliveryEvent, anHour, aView, NOW } from '../helpers/view.ts';

const USUAL = { columns: 80, rows: 24 };
const texts = (lines: readonly Line[]) => lines.map(({ text }) => text);
const screen = (overrides: Partial<View> = {}, size = USUAL) => render(aView(overrides), size, NOW);

test('at 80 × 24 everything fits', () => {
  expect(texts(screen())).toEqual([
    'order-sync 0.1.0 · shop · queue orders                   2026-11-22 08:00:30 UTC',
    'RUNNING',
    'since 2026-11-22 06:00:00 UTC (2 h ago)',
    '',
    'waiting 12   in flight 4   retrying 3   dead letters 0   last order 3 s ago',
    '',
    '           orders  dead letters  publish to commit: p50    p95',
    'last hour     123             1                   45 ms  1.3 s',
    'last 24 h   12345             1                   45 ms  1.3 s',
    '',
    'orders per minute, last 60 minutes; peak 8',
    `${'·'.repeat(56)}▁█·▄`,
    'publish to commit, p95, last 60 minutes; peak 1.3 s',
    `${'·'.repeat(56)}▁█·▁`,
    '',
    'TIME      OUTCOME  ORDER                 EVENT   TOOK',
    '08:00:05  synced   20261122000123456789  paid   45 ms',
  ]);
});

test.each([
  [{ columns: 80, rows: 24 }],
  [{ columns: 40, rows: 10 }],
  [{ columns: 20, rows: 3 }],
  [{ columns: 200, rows: 60 }],
])('nothing is wider or longer than the terminal: %o', (size) => {
  const order = '订单'.repeat(40);
  const deliveries = Array.from({ length: 100 }, (_, id) =>
    aDeliveryEvent({ id, order, reason: 'internal_system_unavailable' }),
  );
  const lines = screen({ deliveries, lostSince: NOW }, size);
  expect(lines.length).toBeLessThanOrEqual(size.rows);
  expect(Math.max(...lines.map(({ text }) => stringWidth(text)))).toBeLessThanOrEqual(size.columns);
});

test('a full terminal is used to its last row', () => {
  const deliveries = Array.from({ length: 100 }, (_, id) => aDeliveryEvent({ id }));
  expect(screen({ deliveries })).toHaveLength(24);
});

describe('the state', () => {
  const since = '2026-11-22T07:58:00.000Z';
  test.each([
    [
      { state: 'paused', dependency: 'internal-system', reason: 'internal_system_unavailable' },
      'PAUSED: the internal system takes no orders (internal_system_unavailable)',
      'error',
    ],
    [{ state: 'disconnected' }, 'NO BROKER: RabbitMQ does not answer', 'error'],
    [
      { state: 'refused', said: 'RabbitMQ at mq:5672 answers, but …' },
      'REFUSED: RabbitMQ at mq:5672 answers, but …',
      'error',
    ],
    [{ state: 'alarm', said: 'low on disk' }, 'RABBITMQ ALARM: it takes no messages (low on disk)', 'error'],
    [{ state: 'blocked' }, 'BLOCKED: a retry queue or the dead-letter queue takes no events', 'error'],
    [{ state: 'stalled' }, 'STALLED: nothing is being settled', 'error'],
    [{ state: 'starting' }, 'STARTING: waiting for RabbitMQ or the internal system', 'warning'],
    [{ state: 'draining' }, 'STOPPING: finishing what is in flight', 'warning'],
  ] as const)('%o', (consumption, text, tone) => {
    const lines = screen({ consumption: { ...consumption, since } });
    expect(lines[1]).toEqual({ text, tone });
    expect(lines[2]?.text).toBe('since 2026-11-22 07:58:00 UTC (2 min ago)');
  });

  test('a daemon that does not answer is not shown as running', () => {
    const lines = screen({ lostSince: new Date(since) });
    expect(texts(lines).join('\n')).not.toContain('RUNNING');
    expect(lines[1]).toEqual({ text: 'NO ANSWER from the daemon; this is its last known state', tone: 'error' });
  });
});

test('an unknown number is not shown as zero', () => {
  const { figures } = aView();
  const lines = texts(
    screen({
      figures: { ...figures, waiting: null, retrying: null, deadLetters: null, lastOrderAt: null },
      hour: anHour([{ orders: 2 }]),
      knownSince: NOW.getTime() - 120_000,
      timedSince: NOW.getTime() - 60_000,
      deliveries: [],
    }),
  );
  expect(lines[4]).toBe('waiting ?   in flight 4   retrying ?   dead letters ?   no order yet');
  expect(lines[11]).toBe(`${' '.repeat(57)}··█`);
  expect(lines[13]).toBe(`${' '.repeat(58)}··`);
  expect(lines.at(-1)).toBe('No orders yet.');
});

test('why a number is unknown, and what RabbitMQ holds back, is told', () => {
  const { figures } = aView();
  const lines = screen({ figures: { ...figures, waiting: null, heldBack: 20, unknownBecause: 'its node is down' } });
  expect(lines.slice(5, 7)).toEqual([
    { text: 'held back by RabbitMQ after their delay: 20', tone: 'warning' },
    { text: '?: its node is down', tone: 'warning' },
  ]);
});

test('what needs a person stands out', () => {
  const { figures } = aView();
  const lines = screen({
    figures: { ...figures, deadLetters: 2 },
    deliveries: [
      aDeliveryEvent({ outcome: 'dead-lettered', reason: 'order_not_found', tookMs: null }),
      aDeliveryEvent({ outcome: 'retrying', reason: 'not_yet_paid', tookMs: null }),
      aDeliveryEvent({ conflicts: ['cancelled'] }),
    ],
  });
  expect(lines[4]?.tone).toBe('warning');
  expect(lines.slice(-3).map(({ tone }) => tone)).toEqual(['error', 'warning', 'warning']);
  expect(lines.at(-1)?.text).toMatch(/stop the parcel$/);
});

test('a tick adds the new deliveries on top and updates the last minutes', () => {
  const before = aView({ lostSince: NOW });
  const [next] = anHour().slice(-1);
  const last = { at: (next?.at ?? 0) + 60_000, orders: 1, deadLetters: 0, p50: 1, p95: 1 };
  const view = after(before, {
    now: '2026-11-22T08:01:00.000Z',
    consumption: before.consumption,
    figures: before.figures,
    deliveries: [aDeliveryEvent({ id: 2, order: 'new' })],
    skipped: 0,
    hour: [{ at: next?.at ?? 0, orders: 5, deadLetters: 0, p50: 1, p95: 1 }, last],
    day: [],
  });
  expect(view.deliveries.map(({ order }) => order)).toEqual(['new', '20261122000123456789']);
  expect(view.hour).toHaveLength(60);
  expect(view.hour.slice(-3).map(({ orders }) => orders)).toEqual([0, 5, 1]);
  expect(view.lostSince).toBeUndefined();
});
