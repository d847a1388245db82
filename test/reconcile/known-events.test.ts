import { expect, it } from 'vitest';
import type { LedgerFailure } from '../../src/internal-system/ledger.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aField, type Field, HOUR, MINUTE, numbersOf, RETRY_DELAYS_MS } from './helpers/field.ts';

/** What the daemon notes when a delivery failed. */
async function failed(field: Field, reference: string, state: LedgerFailure['state'], failedAt: Date): Promise<void> {
  const eventInfo = { reference, event: 'paid', attempt: 2, receivedAt: failedAt } as const;
  await field.system.recordFailures([
    { eventInfo, state, reason: 'shop_error', message: 'The shop answered HTTP 500.', failedAt },
  ]);
}

function before(ms: number): Date {
  return new Date(Date.now() - ms);
}

describeDatabases('an order whose event is being retried', (workbench) => {
  it('gets no second event, and the cursor waits for what becomes of it', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'RETRIED', updatedAt: field.ago(5 * HOUR) });
    await field.synced({ orderNumber: 'LATER', updatedAt: field.ago(HOUR) });
    await failed(field, 'RETRIED', 'retrying', before(MINUTE));
    for (let scans = 1; scans <= 2; scans += 1) {
      const { findings, summary } = await field.scan();
      expect(findings).toMatchObject([{ orderNumber: 'RETRIED', problem: 'missing', event: 'retrying' }]);
      expect(summary).toMatchObject({ compared: 2, found: 0, known: 1 });
    }
    expect(field.published).toEqual([]);
    expect((await field.cursor()) ?? '').toBe(new Date(field.shop.get('RETRIED')?.updatedAt ?? '').toISOString());
    await field.sync('RETRIED');
    await field.scan();
    expect((await field.cursor()) ?? '').toBe(new Date(field.shop.get('LATER')?.updatedAt ?? '').toISOString());
  });

  it('gets one when the retry is long overdue: it was lost with its queue', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'LOST', updatedAt: field.ago(10 * HOUR) });
    await failed(field, 'LOST', 'retrying', before(2 * HOUR + Math.max(...RETRY_DELAYS_MS)));
    expect((await field.scan()).findings).toMatchObject([{ orderNumber: 'LOST', event: 'published' }]);
  });
});

describeDatabases('an order whose event failed for good', (workbench) => {
  it.each(['dead-lettered', 'discarded'] as const)('%s, gets no second one however often one looks', async (state) => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'DEAD', updatedAt: field.ago(5 * HOUR) });
    await field.synced({ orderNumber: 'LATER', updatedAt: field.ago(HOUR) });
    await failed(field, 'DEAD', state, before(4 * HOUR));
    const { findings, summary } = await field.scan();
    expect(findings).toMatchObject([{ orderNumber: 'DEAD', problem: 'missing', event: state }]);
    expect(summary).toMatchObject({ found: 0, known: 1 });
    expect(field.published).toEqual([]);
    // A person has it: nobody waits.
    expect((await field.cursor()) ?? '').toBe(new Date(field.shop.get('LATER')?.updatedAt ?? '').toISOString());
  });

  it('gets none if it failed at once: clocks are told in whole seconds', async () => {
    const field = await aField(await workbench.open());
    const updatedAt = field.ago(HOUR);
    field.placed({ orderNumber: 'AT-ONCE', updatedAt });
    await failed(field, 'AT-ONCE', 'dead-lettered', new Date(updatedAt));
    for (const aheadMs of [-999, 0, 500]) {
      const { findings } = await field.scan({ with: { shop: field.shopAt(aheadMs) } });
      expect(findings).toMatchObject([{ orderNumber: 'AT-ONCE', event: 'dead-lettered' }]);
    }
  });

  it('gets one once it has changed in the shop', async () => {
    const field = await aField(await workbench.open());
    await failed(field, 'MENDED', 'dead-lettered', before(5 * HOUR));
    field.placed({ orderNumber: 'MENDED', updatedAt: field.ago(HOUR) });
    expect((await field.scan()).findings).toMatchObject([{ orderNumber: 'MENDED', event: 'published' }]);
  });

  it.each([-1, 1])('before or after it changed is told with both clocks, the shop %i h ahead', async (hours) => {
    const field = await aField(await workbench.open(), { clockAheadMs: hours * HOUR });
    field.placed({ orderNumber: 'SAME', updatedAt: field.ago(60 * MINUTE) });
    field.placed({ orderNumber: 'MENDED', updatedAt: field.ago(20 * MINUTE) });
    for (const number of ['SAME', 'MENDED']) await failed(field, number, 'dead-lettered', before(40 * MINUTE));
    const { findings } = await field.scan();
    expect(numbersOf(findings)).toEqual(['MENDED', 'SAME']);
    expect(field.published).toEqual(['MENDED']);
  });

  it('is reported when the internal system has an older version of it', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'OLDER', updatedAt: field.ago(3 * HOUR) });
    field.placed({ orderNumber: 'OLDER', status: 'cancelled', updatedAt: field.ago(2 * HOUR) });
    await failed(field, 'OLDER', 'dead-lettered', before(HOUR));
    expect((await field.scan()).findings).toMatchObject([
      { orderNumber: 'OLDER', problem: 'older', event: 'dead-lettered' },
    ]);
  });
});

describeDatabases('an order whose last event went well', (workbench) => {
  it('gets another one if it is behind all the same: someone deleted it, say', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'DELETED' });
    await workbench.database.sql("DELETE FROM orders WHERE order_number = 'DELETED'");
    expect((await field.scan()).findings).toMatchObject([{ orderNumber: 'DELETED', event: 'published' }]);
  });
});
