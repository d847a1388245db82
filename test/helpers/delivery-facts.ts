import type { DeliveryFacts } from '../../src/delivery/outcome.ts';

export function someFacts(overrides: Partial<DeliveryFacts> = {}): DeliveryFacts {
  return {
    reference: '20261122000123456789',
    orderNumber: '20261122000123456789',
    shopOrderId: '98231',
    event: 'paid',
    status: 'paid',
    outcome: 'synced',
    attempt: 1,
    deliveryTag: 7,
    redelivered: false,
    queueMs: 3,
    fetchMs: 12.34,
    writeMs: 2,
    deliverMs: null,
    settleMs: 0.1,
    totalMs: 17.5,
    ...overrides,
  };
}
