import { expect, test } from 'vitest';
import createSink from '../../examples/order-sink.ts';
import type { SinkDelivery } from '../../src/index.ts';
import { anOrder, type OrderDocument } from '../helpers/order-builder.ts';
import { aStandInErp } from '../helpers/stand-in-erp.ts';

const { signal } = new AbortController();

function aDelivery(overrides: Partial<SinkDelivery> = {}, order: Partial<OrderDocument> = {}): SinkDelivery {
  const delivery = { key: 'main/id-1', shop: 'main', order: anOrder(order), revision: 1 };
  return { ...delivery, previous: undefined, uncertain: false, ...overrides };
}

async function aSink() {
  const erp = await aStandInErp();
  const sink = await createSink({ shop: 'main', env: erp.env });
  return { erp, sink };
}

test('examples/order-sink.ts writes an order, then what changes in it, into one record', async () => {
  const { erp, sink } = await aSink();
  const first = aDelivery();
  const { erpId = null } = await sink.upsert(first, signal);
  const previous = { order: first.order, revision: 1, erpId };
  await sink.upsert(aDelivery({ revision: 2, previous }, { status: 'cancelled' }), signal);
  expect(erp.writes).toEqual(['POST main/id-1', 'PUT main/id-1']);
  expect([...erp.orders.values()]).toMatchObject([{ id: erpId, cancelled: true, total: '129.40' }]);
  expect(await sink.find?.(first, signal)).toEqual([{ erpId, isCancelled: true, grandTotal: '129.40', quantity: 3 }]);
  await sink.close?.();
});

test('looks for a record that an earlier attempt may have made', async () => {
  const { erp, sink } = await aSink();
  await sink.upsert(aDelivery(), signal);
  await sink.upsert(aDelivery({ uncertain: true }), signal);
  expect(erp.orders.size).toBe(1);
  await sink.close?.();
});

test('says when an order is cancelled that is being picked', async () => {
  const { erp, sink } = await aSink();
  const first = aDelivery();
  const { erpId = null } = await sink.upsert(first, signal);
  for (const order of erp.orders.values()) order.picking = true;
  const cancelled = aDelivery({ previous: { order: first.order, revision: 1, erpId } }, { status: 'cancelled' });
  expect(await sink.upsert(cancelled, signal)).toMatchObject({ conflict: ['cancelled'] });
  await sink.close?.();
});

test.each([
  [422, 'write_rejected'],
  [500, 'write_failed'],
  [401, 'internal_system_refused_credentials'],
])('takes HTTP %i for %s', async (status, reason) => {
  const { erp, sink } = await aSink();
  erp.status = status;
  await expect(
    sink.upsert(aDelivery({ previous: { order: anOrder(), revision: 1, erpId: 'S1' } }), signal),
  ).rejects.toMatchObject({ reason });
  await expect(sink.check?.(signal)).rejects.toMatchObject({ name: 'SyncError' });
  await sink.close?.();
});
