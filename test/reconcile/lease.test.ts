import { expect, it } from 'vitest';
import { describeDatabases, uniqueName } from '../internal-system/helpers/test-databases.ts';
import { aField, MINUTE, numbersOf } from './helpers/field.ts';

const signal = new AbortController().signal;

describeDatabases('of several who would scan', (workbench) => {
  it('one does; the others see that it is done, and when it is due again', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'A' });
    const publishing = Promise.withResolvers<void>();
    const confirmed = Promise.withResolvers<void>();
    const publish = () => {
      publishing.resolve();
      return confirmed.promise;
    };
    const first = field.scan({ with: { publish } });
    await publishing.promise;
    expect(await field.reconciler().scan('changes', { signal })).toEqual({ kind: 'taken' });
    // The deep scan is another matter.
    expect((await field.scan({ kind: 'deep' })).error).toBeUndefined();
    confirmed.resolve();
    expect((await first).error).toBeUndefined();
    const inMs = 12_345;
    expect(await field.reconciler().scan('changes', { signal, dueInMs: () => inMs })).toEqual({
      kind: 'not-due',
      inMs,
    });
    // Nobody has it now.
    expect((await field.scan()).error).toBeUndefined();
  });

  it('who was held up for so long that another took over stops, and moves no cursor', async () => {
    const shop = uniqueName();
    const field = await aField(await workbench.open(shop), { pageSize: 1000 });
    for (let index = 0; index < 300; index += 1) {
      await field.synced({ orderNumber: `SO-${index}`, updatedAt: field.ago((400 - index) * MINUTE) });
    }
    field.placed({ orderNumber: 'SO-10', status: 'cancelled', updatedAt: field.ago(385 * MINUTE) });
    field.placed({ orderNumber: 'SO-299', status: 'cancelled', updatedAt: field.ago(50 * MINUTE) });
    const publish = async () => {
      await workbench.database.sql(
        `UPDATE order_sync_reconciliation SET lease_holder = 'another' WHERE shop = '${shop}' AND walk = 'changes'`,
      );
    };
    const { findings, error } = await field.scan({ with: { publish } });
    expect(error).toMatchObject({ reason: 'interrupted', message: 'Another daemon has taken over the scan.' });
    expect(numbersOf(findings)).toEqual(['SO-10']);
    expect(Date.now() - Date.parse((await field.cursor()) ?? '')).toBeGreaterThan(20 * 60 * MINUTE);
  });
});
