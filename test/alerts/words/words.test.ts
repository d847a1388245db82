import { describe, expect, test } from 'vitest';
import { Composer } from '../../../src/alerts/watch/compose.ts';
import type { Incident, Trouble } from '../../../src/alerts/watch/happening.ts';
import { en } from '../../../src/alerts/words/en.ts';
import { zh } from '../../../src/alerts/words/zh.ts';
import { FAILURE_REASONS } from '../../../src/errors.ts';
import { CONFLICTS } from '../../../src/internal-system/conflicts.ts';

const few = { count: 3, orders: ['10086', '10087'] };
const none = { count: 0, orders: [] };
const detail = 'Detail.';

const TROUBLES: readonly Trouble[] = [
  ...(['shop', 'internal-system', 'rabbitmq'] as const).flatMap((part) =>
    (['down', 'refused', 'turned_away', 'limited', 'unserved'] as const).map(
      (cause): Trouble => ({ kind: 'outage', part, cause, detail }),
    ),
  ),
  { kind: 'broker_alarm', reason: 'low on memory' },
  { kind: 'queue_refuses', queue: 'orders.retry.10000', detail },
  { kind: 'stalled', inFlight: 1 },
  { kind: 'webhooks_refused', cause: 'full' },
  { kind: 'webhooks_refused', cause: 'failed' },
  { kind: 'webhook_off', topic: 'order.updated' },
  { kind: 'shop_warning', warning: 'Warning.' },
  { kind: 'reconciliation_fails', scan: 'changes', detail },
  { kind: 'silence', lastPaid: { orderNumber: '10086', at: '2026-11-29T08:00:00.000Z' } },
  { kind: 'silence', lastPaid: null },
  { kind: 'pause', by: 'anna', reason: 'ERP upgrade' },
  { kind: 'pause', by: 'anna', reason: null },
];

const INCIDENTS: readonly Incident[] = [
  ...(['orders', 'shipments'] as const).map((of): Incident => {
    return { kind: 'dead_letters', of, reasons: FAILURE_REASONS.map((reason) => ({ reason, ...few })) };
  }),
  {
    kind: 'conflicts',
    stop: {
      count: CONFLICTS.length + 2,
      orders: CONFLICTS.map((conflict) => ({ orderNumber: '10086', conflicts: [conflict] })),
    },
    check: { count: 1, orders: [{ orderNumber: '10087', conflicts: ['address_changed'] }] },
  },
  { kind: 'cancellations_pending', ...few },
  { kind: 'orders_missed', ...few },
  { kind: 'orders_differ', newer: few, unreadable: few },
  { kind: 'orders_differ', newer: few, unreadable: none },
  { kind: 'database_forgot', ...few },
  { kind: 'database_recovered', returned: 3, failed: 0 },
  { kind: 'database_recovered', returned: 2, failed: 1 },
  { kind: 'restarted', times: 1 },
  { kind: 'restarted', times: 3 },
  { kind: 'gave_up', detail },
];

function messages(language: 'en' | 'zh') {
  const composer = new Composer('acme', language);
  const since = Date.parse('2026-11-29T08:00:00Z');
  const lasting = { since, lastedMs: 725_000 };
  return [
    ...TROUBLES.flatMap((trouble) => [
      ...[null, 0, 1, 12].map((waiting) => composer.began({ trouble, since, waiting }, since + 725_000)),
      ...[null, 1, 12].flatMap((waited) => composer.ended({ trouble, ...lasting, waited }) ?? []),
    ]),
    ...INCIDENTS.map((incident) => composer.incident(incident)),
  ];
}

test('every kind there is has been tried here', () => {
  expect(new Set(TROUBLES.map(({ kind }) => kind))).toEqual(new Set(Object.keys(en.troubles)));
  expect(new Set(INCIDENTS.map(({ kind }) => kind))).toEqual(new Set(Object.keys(en.incidents)));
});

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  test('every message is whole: one line each, nothing left out, and the right marks', () => {
    for (const { title, lines } of messages(language)) {
      for (const text of [title, ...lines]) {
        expect(text).not.toMatch(/undefined|null|NaN|\[object|\n|\$\{| {2}|^\s|\s$|^$/);
      }
      expect(title).not.toMatch(/[.。]$/);
      expect(lines.join('\n').includes('10086') || !title.includes('(')).toBe(true);
    }
  });

  test('says how long it took, and how many wait', () => {
    const [began] = messages(language).filter(({ kind, facts }) => kind === 'outage_began' && facts['waiting'] === 12);
    expect([began?.title, ...(began?.lines ?? [])].join('\n')).toMatch(
      /12 (?:min|分钟)[\s\S]*12 (?:events wait|个事件)/,
    );
  });
});

test('both languages tell the same, and Chinese is Chinese', () => {
  const [english, chinese] = [messages('en'), messages('zh')];
  expect(chinese.map(({ kind, severity, facts }) => ({ kind, severity, facts }))).toEqual(
    english.map(({ kind, severity, facts }) => ({ kind, severity, facts })),
  );
  for (const { title } of english) expect(title).not.toMatch(/\p{Script=Han}/u);
  for (const { title } of chinese) expect(title).toMatch(/\p{Script=Han}/u);
  expect(Object.keys(zh.troubles)).toEqual(Object.keys(en.troubles));
});

test('an end is told wherever somebody waits for it', () => {
  const silent = Object.entries(en.troubles).filter(([, { ended }]) => ended === undefined);
  expect(silent.map(([kind]) => kind)).toEqual(['shop_warning']);
});
