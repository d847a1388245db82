import type { AckRecord, DaemonRecord, EventRecord, Records } from '../../chaos/checks/records.ts';

export const PAID = 'order 1, paid';
export const CANCELLED = 'order 1, cancelled';

/** What every party records of one order, paid and then cancelled, and of one malformed event. Nothing is wrong. */
export function someRecords(overrides: Partial<Records> = {}): Records {
  return {
    events: [
      anEvent({ id: 'paid-1', version: 0 }),
      anEvent({ id: 'cancel-1', version: 1, announces: 1 }),
      anEvent({ id: 'malformed-0', orderNumber: undefined, fate: 'malformed', version: -1 }),
    ],
    versions: new Map([
      [
        '1',
        [
          { content: PAID, updatedAt: '2026-11-22T08:00:00.000Z' },
          { content: CANCELLED, updatedAt: '2026-11-22T08:01:00.000Z' },
        ],
      ],
    ]),
    served: [PAID, CANCELLED].map((content) => ({ references: ['1'], orderNumber: '1', shopOrderId: 'id-1', content })),
    internal: {
      rows: [{ orderNumber: '1', status: 'cancelled', content: CANCELLED, lines: 2, linesInContent: 2 }],
      effects: [
        { orderNumber: '1', content: PAID, isInsert: true },
        { orderNumber: '1', content: CANCELLED, isInsert: false },
      ],
      ledger: [{ reference: '1', state: 'synced', attempts: 1 }],
    },
    deadLetters: [{ messageId: 'malformed-0', reason: 'malformed_event' }],
    wire: {
      deliveries: 3,
      redeliveries: 0,
      acks: [
        anAck({ messageId: 'paid-1', stored: PAID }),
        anAck({ messageId: 'cancel-1', stored: CANCELLED }),
        anAck({ messageId: 'malformed-0', stored: undefined, confirmedCopies: 1 }),
      ],
      maxUnacked: 3,
      arrivals: [
        { messageId: 'paid-1', at: 100 },
        { messageId: 'cancel-1', at: 200 },
        { messageId: 'malformed-0', at: 300 },
      ],
      waits: [],
    },
    daemons: [aDaemon()],
    left: { orders: 0, 'orders.retry.300': 0 },
    times: { recoveryMs: 1_000, longestStallMs: 0, isQuiet: true },
    limits: {
      prefetch: 16,
      attempts: 4,
      recoveryMs: 15_000,
      stallMs: 30_000,
      descriptors: 30,
      deadLetterReasons: [],
      shopLags: false,
      deadLettersOnce: false,
      shopCatchesUp: false,
      countsAttempts: false,
    },
    secrets: ['canary', '王小明'],
    ...overrides,
  };
}

export function anEvent(overrides: Partial<EventRecord> = {}): EventRecord {
  return {
    id: 'paid-1',
    orderNumber: '1',
    fate: 'sync',
    version: 0,
    announces: 0,
    result: 'confirmed',
    tries: 1,
    ...overrides,
  };
}

export function anAck(overrides: Partial<AckRecord> = {}): AckRecord {
  return { messageId: 'paid-1', stored: PAID, confirmedCopies: 0, isReplay: false, ...overrides };
}

export function aDaemon(overrides: Partial<DaemonRecord> = {}): DaemonRecord {
  return {
    name: 'daemon 1',
    output: [
      aLine({ orderNumber: '1', outcome: 'synced' }),
      aLine({ orderNumber: '1', outcome: 'synced' }),
      aLine({ orderNumber: null, outcome: 'dead-lettered', reason: 'malformed_event' }),
    ],
    stderr: '',
    commandLine: 'node src/main.ts start',
    exit: 0,
    expectedExit: 0,
    metrics: [
      'order_sync_deliveries_total{outcome="synced",reason="none"} 2',
      'order_sync_deliveries_total{outcome="dead-lettered",reason="malformed_event"} 1',
    ].join('\n'),
    descriptors: { before: 20, after: 25 },
    ...overrides,
  };
}

/** A log line of a settled delivery. */
export function aLine(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ time: '2026-11-22T08:00:00.000Z', msg: 'settled', attempt: 1, totalMs: 5, ...fields });
}
