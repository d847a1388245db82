import { expect, it } from 'vitest';
import type { LedgerFailure } from '../../src/internal-system/ledger.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, MINUTE, numbersOf, RETRY_DELAYS_MS, type Scenario } from './helpers/scenario.ts';

/** Records what the daemon does when a delivery fails. */
async function failed(
  scenario: Scenario,
  reference: string,
  state: LedgerFailure['state'],
  failedAt: Date,
  reason: LedgerFailure['reason'] = 'shop_error',
): Promise<void> {
  const eventInfo = { reference, event: 'paid', attempt: 2, receivedAt: failedAt } as const;
  await scenario.system.recordFailures([
    { eventInfo, state, reason, message: 'The shop answered HTTP 500.', failedAt },
  ]);
}

function before(ms: number): Date {
  return new Date(Date.now() - ms);
}

describeDatabases('an order whose event is being retried', (workbench) => {
  it('gets no second event, and the cursor waits for the result', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'RETRIED', updatedAt: scenario.ago(5 * HOUR) });
    await scenario.synced({ orderNumber: 'LATER', updatedAt: scenario.ago(HOUR) });
    await failed(scenario, 'RETRIED', 'retrying', before(MINUTE));
    for (let scans = 1; scans <= 2; scans += 1) {
      const { findings, summary } = await scenario.scan();
      expect(findings).toMatchObject([{ orderNumber: 'RETRIED', problem: 'missing', event: 'retrying' }]);
      expect(summary).toMatchObject({ compared: 2, found: 0, known: 1 });
    }
    expect(scenario.published).toEqual([]);
    expect((await scenario.cursor()) ?? '').toBe(new Date(scenario.shop.get('RETRIED')?.updatedAt ?? '').toISOString());
    await scenario.sync('RETRIED');
    await scenario.scan();
    expect((await scenario.cursor()) ?? '').toBe(new Date(scenario.shop.get('LATER')?.updatedAt ?? '').toISOString());
  });

  it('gets one if the retry is long overdue: it was lost with its queue', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'LOST', updatedAt: scenario.ago(10 * HOUR) });
    await failed(scenario, 'LOST', 'retrying', before(2 * HOUR + Math.max(...RETRY_DELAYS_MS)));
    expect((await scenario.scan()).findings).toMatchObject([{ orderNumber: 'LOST', event: 'published' }]);
  });
});

describeDatabases('an order whose event failed for good', (workbench) => {
  it.each(['dead-lettered', 'discarded'] as const)(
    '%s, gets no second event, however often it is scanned',
    async (state) => {
      const scenario = await aScenario(await workbench.open());
      scenario.placed({ orderNumber: 'DEAD', updatedAt: scenario.ago(5 * HOUR) });
      await scenario.synced({ orderNumber: 'LATER', updatedAt: scenario.ago(HOUR) });
      await failed(scenario, 'DEAD', state, before(4 * HOUR));
      const { findings, summary } = await scenario.scan();
      expect(findings).toMatchObject([{ orderNumber: 'DEAD', problem: 'missing', event: state }]);
      expect(summary).toMatchObject({ found: 0, known: 1 });
      expect(scenario.published).toEqual([]);
      // A person takes care of it: the cursor does not wait.
      expect((await scenario.cursor()) ?? '').toBe(new Date(scenario.shop.get('LATER')?.updatedAt ?? '').toISOString());
    },
  );

  it('gets none if it failed at once: the shop reports its time in whole seconds', async () => {
    const scenario = await aScenario(await workbench.open());
    const updatedAt = scenario.ago(HOUR);
    scenario.placed({ orderNumber: 'AT-ONCE', updatedAt });
    await failed(scenario, 'AT-ONCE', 'dead-lettered', new Date(updatedAt));
    for (const aheadMs of [-999, 0, 500]) {
      const { findings } = await scenario.scan({ with: { shop: scenario.shopAt(aheadMs) } });
      expect(findings).toMatchObject([{ orderNumber: 'AT-ONCE', event: 'dead-lettered' }]);
    }
  });

  it('gets one once the order has changed in the shop', async () => {
    const scenario = await aScenario(await workbench.open());
    await failed(scenario, 'FIXED', 'dead-lettered', before(5 * HOUR));
    scenario.placed({ orderNumber: 'FIXED', updatedAt: scenario.ago(HOUR) });
    expect((await scenario.scan()).findings).toMatchObject([{ orderNumber: 'FIXED', event: 'published' }]);
  });

  it.each([-1, 1])(
    'gets one only if it changed after that, also with the clock of the shop %i h ahead',
    async (hours) => {
      const scenario = await aScenario(await workbench.open(), { clockAheadMs: hours * HOUR });
      scenario.placed({ orderNumber: 'SAME', updatedAt: scenario.ago(60 * MINUTE) });
      scenario.placed({ orderNumber: 'FIXED', updatedAt: scenario.ago(20 * MINUTE) });
      for (const number of ['SAME', 'FIXED']) await failed(scenario, number, 'dead-lettered', before(40 * MINUTE));
      const { findings } = await scenario.scan();
      expect(numbersOf(findings)).toEqual(['FIXED', 'SAME']);
      expect(scenario.published).toEqual(['FIXED']);
    },
  );

  it.each(['dead-lettered', 'discarded'] as const)(
    '%s because its event announced more than the shop showed, gets one as soon as it differs from that',
    async (state) => {
      const scenario = await aScenario(await workbench.open());
      const invoice = { orderNumber: 'INVOICE', status: 'pending', updatedAt: scenario.ago(HOUR) } as const;
      await scenario.synced(invoice);
      await failed(scenario, 'INVOICE', state, before(-1000), 'not_yet_paid');
      expect((await scenario.scan()).findings).toEqual([]);
      // The payment leaves "updated at" as it is.
      scenario.placed({ ...invoice, status: 'paid' });
      expect((await scenario.scan()).findings).toMatchObject([{ problem: 'older', event: 'published' }]);
      await scenario.sync('INVOICE');
      const other = { items: '1', shipping: '0', tax: '0', discount: '0', refunded: '0', grand: '1.00' };
      scenario.placed({ ...invoice, status: 'paid', totals: other });
      await failed(scenario, 'INVOICE', state, before(-2000), 'not_yet_cancelled');
      expect((await scenario.scan({ kind: 'deep' })).findings).toMatchObject([
        { problem: 'different', event: 'published' },
      ]);
      expect(scenario.published).toEqual(['INVOICE', 'INVOICE']);
    },
  );

  it('gets one twice a day for as long as it fails again, but none if a person has discarded it', async () => {
    const scenario = await aScenario(await workbench.open());
    for (const orderNumber of ['AGAIN', 'GIVEN-UP']) {
      scenario.placed({ orderNumber, updatedAt: scenario.ago(20 * HOUR) });
    }
    await failed(scenario, 'AGAIN', 'dead-lettered', before(13 * HOUR));
    await failed(scenario, 'GIVEN-UP', 'discarded', before(13 * HOUR));
    const since = (now: Date) => new Date(now.getTime() - 24 * HOUR);
    await scenario.scan({ since });
    expect(scenario.published).toEqual(['AGAIN']);
    await failed(scenario, 'AGAIN', 'dead-lettered', before(0));
    for (let scans = 1; scans <= 3; scans += 1) await scenario.scan({ since });
    expect(scenario.published).toEqual(['AGAIN']);
  });

  it('is reported when the internal system has an older version of it', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'OLDER', updatedAt: scenario.ago(3 * HOUR) });
    scenario.placed({ orderNumber: 'OLDER', status: 'cancelled', updatedAt: scenario.ago(2 * HOUR) });
    await failed(scenario, 'OLDER', 'dead-lettered', before(-1000));
    expect((await scenario.scan()).findings).toMatchObject([
      { orderNumber: 'OLDER', problem: 'older', event: 'dead-lettered' },
    ]);
  });
});

describeDatabases('an order whose last event succeeded', (workbench) => {
  it('gets another one if it is behind nevertheless, because someone deleted it, for instance', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'DELETED' });
    await workbench.database.sql("DELETE FROM orders WHERE order_number = 'DELETED'");
    expect((await scenario.scan()).findings).toMatchObject([{ orderNumber: 'DELETED', event: 'published' }]);
  });
});
