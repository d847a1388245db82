import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type {
  DeliverCall,
  DeliveryResult,
  OrderDelivery,
  Snapshot,
} from '../../src/internal-system/internal-system.ts';
import { OrderDeliverer } from '../../src/internal-system/order-deliverer.ts';
import { aSnapshot } from '../helpers/order-builder.ts';

type Deliver = (snapshot: Snapshot, call: DeliverCall) => Promise<DeliveryResult>;

const DELIVERED: DeliveryResult = { outcome: 'delivered', conflicts: [] };
const A = aSnapshot({ order: { orderNumber: 'A' } });
const B = aSnapshot({ order: { orderNumber: 'B' } });

function deliverer(deliver: Deliver, maxDeliveries = 1): OrderDeliverer {
  const delivery: OrderDelivery = {
    maxDeliveries,
    timeoutMs: 1000,
    leaseMs: 2000,
    open: async () => undefined,
    deliver,
  };
  return new OrderDeliverer(delivery);
}

test('an order whose earlier delivery may still be under way waits in hand, and holds up no other', async () => {
  const asked: string[] = [];
  const busy: DeliveryResult[] = [{ outcome: 'busy', freeInMs: 30 }];
  const orders = deliverer(async ({ order }) => {
    asked.push(order.orderNumber);
    return (order.orderNumber === 'A' && busy.shift()) || DELIVERED;
  });
  expect(await Promise.all([orders.deliver(A), orders.deliver(B)])).toEqual([DELIVERED, DELIVERED]);
  expect(asked).toEqual(['A', 'B', 'A']);
});

test('two deliveries of one order take turns, even where the ERP takes several at a time', async () => {
  let [running, most] = [0, 0];
  const orders = deliverer(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return DELIVERED;
  }, 4);
  await Promise.all([orders.deliver(A), orders.deliver(A), orders.deliver(A)]);
  expect(most).toBe(1);
});

test('an outage ends the wait of what has not begun; what comes later is not affected', async () => {
  const isBusy = Promise.withResolvers<void>();
  let answer: DeliveryResult = { outcome: 'busy', freeInMs: 600_000 };
  const orders = deliverer(async () => {
    isBusy.resolve();
    return answer;
  });
  const waiting = orders.deliver(A);
  await isBusy.promise;
  await new Promise((resolve) => setImmediate(resolve));
  orders.cancelWaiting(new SyncError('interrupted', 'An outage began.'));
  await expect(waiting).rejects.toMatchObject({ reason: 'interrupted' });
  answer = DELIVERED;
  expect(await orders.deliver(A)).toEqual(DELIVERED);
});

test('whether the ERP works is not known from an order that is no longer stored', async () => {
  const orders = deliverer(async (_, { again }) => (again ? { outcome: 'unchanged' } : DELIVERED));
  await orders.deliver(A);
  expect(await orders.works()).toBeUndefined();
});

test('whether the ERP works is tried with the last order that it took', async () => {
  const calls: [string, boolean][] = [];
  let isDown = false;
  const orders = deliverer(async ({ order }, { again }) => {
    calls.push([order.orderNumber, again]);
    if (isDown) throw new SyncError('internal_system_unavailable', 'The ERP is down.');
    return DELIVERED;
  });
  expect(await orders.works()).toBeUndefined();
  await orders.deliver(A);
  expect(await orders.works()).toBe(true);
  isDown = true;
  expect(await orders.works()).toBe(false);
  expect(calls).toEqual([
    ['A', false],
    ['A', true],
    ['A', true],
  ]);
});
