import type { DeliveryFacts } from '../../src/logging/delivery-log.ts';

export function someFacts(overrides: Partial<DeliveryFacts> = {}): DeliveryFacts {
  return {
    reference: '20261122000123456789',
    orderNumber: '20261122000123456789',
    event: 'paid',
    status: 'paid',
    outcome: 'synced',
    attempt: 1,
    deliveryTag: 7,
    redelivered: false,
    queueMs: 3,
    fetchMs: 12.34,
    writeMs: 2,
    totalMs: 17.5,
    ...overrides,
  };
}
