import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScanOutcome } from '../../src/webhooks/scan-requests.ts';
import { Spool } from '../../src/webhooks/spool.ts';
import { aFolder, aService } from './helpers/service.ts';
import { fromGeneric, fromWooCommerce, recordedWooCommerce } from './helpers/shops.ts';

const UNNAMED = recordedWooCommerce('the order was gone when it was sent');

/** A scan that ends when the test says so. */
function heldScans() {
  const begun: PromiseWithResolvers<ScanOutcome>[] = [];
  return {
    begun,
    scan: () => {
      const held = Promise.withResolvers<ScanOutcome>();
      begun.push(held);
      return held.promise;
    },
  };
}

test('a webhook that names no order gets 200, and the changes are scanned', async () => {
  const { begun, scan } = heldScans();
  const service = await aService({}, { scan });
  expect(await service.post(UNNAMED)).toMatchObject({ status: 200 });
  await expect.poll(() => begun.length).toBe(1);
  begun[0]?.resolve('done');
  expect(await service.published()).toEqual([]);
});

test('one that comes during a scan is followed by another scan, and many by one', async () => {
  const { begun, scan } = heldScans();
  const service = await aService({}, { scan });
  await service.post(UNNAMED);
  await expect.poll(() => begun.length).toBe(1);
  for (let count = 0; count < 5; count += 1) await service.post(UNNAMED);
  expect(begun.length).toBe(1);
  begun[0]?.resolve('done');
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.resolve('done');
});

test('an order or a product is no reason to scan', async () => {
  const { begun, scan } = heldScans();
  const path = join(aFolder(), 'spool.db');
  const service = await aService({ spool: { path, max: 10 } }, { scan });
  await service.post(fromWooCommerce('order.updated', { id: 58 }));
  await service.post(fromWooCommerce('product.updated', { id: 10 }));
  expect(new Spool({ path, max: 10 }).isScanWanted).toBe(false);
  expect(begun).toEqual([]);
});

test('an entry of a list that names no order does not cost the others their events', async () => {
  const { begun, scan } = heldScans();
  const service = await aService({ preset: 'generic' }, { scan });
  await service.post(fromGeneric({ event: 'order.paid', orders: [{ id: 1 }, { total: 3 }] }));
  expect(await service.published()).toEqual(['1 paid']);
  await expect.poll(() => begun.length).toBe(1);
  begun[0]?.resolve('done');
});

test('a scan that was wanted when the process died is made by the next one', async () => {
  const spool = { path: join(aFolder(), 'spool.db'), max: 10 };
  const dead = new Spool(spool);
  dead.wantScan(true);
  dead.close();
  const { begun, scan } = heldScans();
  await aService({ spool }, { scan });
  await expect.poll(() => begun.length).toBe(1);
  begun[0]?.resolve('done');
  const looking = new Spool(spool);
  await expect.poll(() => looking.isScanWanted).toBe(false);
  looking.close();
});

test('where no scan is possible, a warning says why', async () => {
  const service = await aService({}, { scan: async () => ({ impossible: 'the module has no listUpdatedSince()' }) });
  await service.post(UNNAMED);
  await expect
    .poll(() => service.lines.filter(({ level }) => level === 40))
    .toMatchObject([{ why: 'the module has no listUpdatedSince()' }]);
});
