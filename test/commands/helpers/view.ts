import type { View } from '../../../src/commands/top/view.ts';
import type { Bucket, DeliveryEvent } from '../../../src/ops/dashboard/messages.ts';

const MINUTE = 60_000;

export const NOW = new Date('2026-11-22T08:00:30.000Z');

export function aDeliveryEvent(overrides: Partial<DeliveryEvent> = {}): DeliveryEvent {
  return {
    id: 1,
    at: '2026-11-22T08:00:05.000Z',
    order: '20261122000123456789',
    shopOrderId: '98231',
    event: 'paid',
    outcome: 'synced',
    tookMs: 45,
    ...overrides,
  };
}

/** An hour that ends now. @param minutes oldest first; the rest is empty */
export function anHour(minutes: readonly Partial<Bucket>[] = []): Bucket[] {
  const last = Math.floor(NOW.getTime() / MINUTE) * MINUTE;
  return Array.from({ length: 60 }, (_, index) => {
    const some = minutes[index - (60 - minutes.length)];
    return { at: last - (59 - index) * MINUTE, orders: 0, deadLetters: 0, p50: null, p95: null, ...some };
  });
}

export function aView(overrides: Partial<View> = {}): View {
  const total = { at: 0, orders: 123, deadLetters: 1, p50: 45, p95: 1_250 };
  return {
    session: { shop: 'shop', queue: 'orders', version: '0.1.0' },
    now: NOW.toISOString(),
    consumption: { state: 'running', since: '2026-11-22T06:00:00.000Z' },
    figures: {
      waiting: 12,
      retrying: 3,
      deadLetters: 0,
      conflicts: null,
      heldBack: null,
      unknownBecause: null,
      inFlight: 4,
      lastOrderAt: '2026-11-22T08:00:27.000Z',
      webhooks: null,
      lastHour: total,
      lastDay: { ...total, orders: 12_345 },
    },
    deliveries: [aDeliveryEvent()],
    hour: anHour([{ orders: 1, p95: 10 }, { orders: 8, p95: 1_250 }, {}, { orders: 4, p95: 40 }]),
    knownSince: 0,
    timedSince: 0,
    lostSince: undefined,
    ...overrides,
  };
}
