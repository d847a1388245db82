import { expect, it } from 'vitest';
import { describeDatabases, uniqueName } from '../internal-system/helpers/test-databases.ts';
import { aScenario, MINUTE, numbersOf } from './helpers/scenario.ts';

const signal = new AbortController().signal;

describeDatabases('of several daemons that want to scan', (workbench) => {
  it('one does; the others learn that a scan is running, and when the next one is due', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'A' });
    const publishing = Promise.withResolvers<void>();
    const confirmed = Promise.withResolvers<void>();
    const publish = () => {
      publishing.resolve();
      return confirmed.promise;
    };
    const first = scenario.scan({ with: { publish } });
    await publishing.promise;
    expect(await scenario.reconciler().scan('changes', { signal })).toEqual({ kind: 'taken' });
    // The deep scan has a lease of its own.
    expect((await scenario.scan({ kind: 'deep' })).error).toBeUndefined();
    confirmed.resolve();
    expect((await first).error).toBeUndefined();
    const inMs = 12_345;
    expect(await scenario.reconciler().scan('changes', { signal, dueInMs: () => inMs })).toEqual({
      kind: 'not-due',
      inMs,
    });
    // The lease is free again.
    expect((await scenario.scan()).error).toBeUndefined();
  });

  it('one that was delayed until another took over stops, and does not move the cursor', async () => {
    const shop = uniqueName();
    const scenario = await aScenario(await workbench.open(shop), { pageSize: 1000 });
    for (let index = 0; index < 300; index += 1) {
      await scenario.synced({ orderNumber: `SO-${index}`, updatedAt: scenario.ago((400 - index) * MINUTE) });
    }
    scenario.placed({ orderNumber: 'SO-10', status: 'cancelled', updatedAt: scenario.ago(385 * MINUTE) });
    scenario.placed({ orderNumber: 'SO-299', status: 'cancelled', updatedAt: scenario.ago(50 * MINUTE) });
    const publish = async () => {
      await workbench.database.sql(
        `UPDATE order_sync_reconciliation SET lease_holder = 'another' WHERE shop = '${shop}' AND walk = 'changes'`,
      );
    };
    const { findings, error } = await scenario.scan({ with: { publish } });
    expect(error).toMatchObject({ reason: 'interrupted', message: 'Another daemon has taken over the scan.' });
    expect(numbersOf(findings)).toEqual(['SO-10']);
    expect(Date.now() - Date.parse((await scenario.cursor()) ?? '')).toBeGreaterThan(20 * 60 * MINUTE);
  });
});
