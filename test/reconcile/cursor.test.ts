import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aField, HOUR, MINUTE, numbersOf } from './helpers/field.ts';

describeDatabases('a scan that breaks off', (workbench) => {
  /** Every 2 minutes a change: scanned in three batches. */
  async function manyChanges() {
    const field = await aField(await workbench.open(), { pageSize: 100 });
    const withheld = ['SO-050', 'SO-250', 'SO-350'];
    for (let index = 0; index < 450; index += 1) {
      const order = {
        orderNumber: `SO-${String(index).padStart(3, '0')}`,
        updatedAt: field.ago((460 - index) * 2 * MINUTE),
      };
      if (withheld.includes(order.orderNumber)) field.placed(order);
      else await field.synced(order);
    }
    return field;
  }

  it('because the shop is down leaves the cursor where it was compared, and the next one goes on from there', async () => {
    const field = await manyChanges();
    let lists = 0;
    field.shop.setFaults(({ references }) => {
      if (references.length > 0) return undefined;
      lists += 1;
      return lists > 3 ? statusFault(403) : undefined;
    });
    const { findings, error } = await field.scan();
    expect(error).toMatchObject({ reason: 'shop_refused_credentials' });
    expect(numbersOf(findings)).toEqual(['SO-050']);
    expect(await field.cursor()).toBe(new Date(field.shop.get('SO-199')?.updatedAt ?? '').toISOString());
    expect((await field.system.reconciliation.readScan('changes')).lastRun).toMatchObject({
      compared: 200,
      found: 1,
      error: expect.stringContaining('shop_refused_credentials: '),
    });

    field.shop.setFaults(undefined);
    const next = await field.scan();
    expect(next.error).toBeUndefined();
    expect(numbersOf(next.findings)).toEqual(['SO-250', 'SO-350']);
    // Not from the beginning.
    expect(next.summary.compared).toBeLessThan(270);
  });

  it('because the broker is away does not pass what it could not publish', async () => {
    const field = await manyChanges();
    const refusal = new Error('the broker is away');
    const publish = async (orderNumber: string) => {
      if (orderNumber === 'SO-250') throw refusal;
      field.published.push(orderNumber);
    };
    const { findings, error } = await field.scan({ with: { publish } });
    expect(error).toBe(refusal);
    expect(numbersOf(findings)).toEqual(['SO-050', 'SO-350']);
    expect((await field.cursor()) ?? '').toBe(new Date(field.shop.get('SO-199')?.updatedAt ?? '').toISOString());
    expect(numbersOf((await field.scan()).findings)).toEqual(['SO-250', 'SO-350']);
  });

  it('because it was told to says so, and publishes nothing more', async () => {
    const field = await manyChanges();
    const controller = new AbortController();
    const { error } = await field.scan({
      signal: controller.signal,
      with: { publish: async () => controller.abort(new Error('stop')) },
    });
    expect(error).toMatchObject({ message: 'stop' });
    expect(numbersOf((await field.scan()).findings)).toEqual(['SO-250', 'SO-350']);
  });

  it('because the list is out of order says so, before the cursor has passed anything', async () => {
    const field = await aField(await workbench.open());
    const stubs = [HOUR, 3 * HOUR, 2 * HOUR].map((ms, index) => ({
      orderNumber: `SO-${index}`,
      status: 'paid' as const,
      updatedAt: field.ago(ms),
    }));
    async function* listUpdatedSince() {
      yield* stubs;
    }
    const { error } = await field.scan({ with: { shop: { ...field.shopAt(0), listUpdatedSince } } });
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('oldest change first') });
    expect(Date.parse((await field.cursor()) ?? '')).toBeLessThan(Date.now() - 20 * HOUR);
  });
});

describeDatabases(
  'an adapter',
  (workbench) => {
    const anHourAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - HOUR).toISOString();

    it.each([
      ['a time in another form', { updatedAt: anHourAgo.replace('.000Z', '+00:00') }, undefined],
      ['no time', { updatedAt: undefined }, /updatedAt: /],
      ['a status of its own', { status: 'shipped' }, /status: /],
      ['a number that would leave the URL', { orderNumber: '../1' }, /orderNumber: /],
    ])('that lists an order with %s is understood or refused', async (_, more, message) => {
      const field = await aField(await workbench.open());
      const stub = { orderNumber: 'A', status: 'paid', updatedAt: anHourAgo, ...more };
      const shop = { ...field.shopAt(0), listUpdatedSince: () => Readable.from([stub]) };
      const { findings, error } = await field.scan({ with: { shop } });
      if (message === undefined) expect(findings).toMatchObject([{ updatedAt: anHourAgo }]);
      else expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringMatching(message) });
    });
  },
  ['SQLite'],
);

describeDatabases('the cursor', (workbench) => {
  it('begins a day ago, and stays there as long as nothing changes', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'LONG-AGO', updatedAt: field.ago(25 * HOUR) });
    expect((await field.scan()).summary.compared).toBe(0);
    const cursor = await field.cursor();
    expect(Date.now() - Date.parse(cursor ?? '')).toBeGreaterThanOrEqual(24 * HOUR);
    await field.scan();
    expect(await field.cursor()).toBe(cursor);
  });

  it('is no later than the shop, whatever time an order claims', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'FUTURE', updatedAt: '2099-01-01T00:00:00Z' });
    await field.scan();
    await field.letTimePass(3 * MINUTE);
    expect((await field.scan()).summary.compared).toBe(1);
    field.placed({ orderNumber: 'NOW', updatedAt: field.ago(3 * MINUTE) });
    expect(numbersOf((await field.scan()).findings)).toEqual(['NOW']);
  });

  it('looks back ten minutes: what the shop committed late is met all the same', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'A', updatedAt: field.ago(20 * MINUTE) });
    await field.scan();
    field.placed({ orderNumber: 'LATE', updatedAt: field.ago(29 * MINUTE) });
    expect(numbersOf((await field.scan()).findings)).toEqual(['LATE']);
  });

  it('stands between orders that changed at the same time without passing any', async () => {
    const field = await aField(await workbench.open(), { pageSize: 3 });
    const updatedAt = field.ago(HOUR);
    const numbers = Array.from({ length: 11 }, (_, index) => `SO-${String(index).padStart(2, '0')}`);
    for (const orderNumber of numbers) {
      if (['SO-02', 'SO-03', 'SO-10'].includes(orderNumber)) field.placed({ orderNumber, updatedAt });
      else await field.synced({ orderNumber, updatedAt });
    }
    const { findings, summary } = await field.scan();
    expect(numbersOf(findings)).toEqual(['SO-02', 'SO-03', 'SO-10']);
    expect(summary.compared).toBe(11);
    expect(await field.cursor()).toBe(updatedAt);
  });

  it('does not pass an order that a moving list hid', async () => {
    const field = await aField(await workbench.open(), { pageSize: 3 });
    for (const [index, orderNumber] of ['A', 'B', 'C', 'D', 'E'].entries()) {
      const order = { orderNumber, updatedAt: field.ago((20 - index) * 12 * MINUTE) };
      if (orderNumber === 'D') field.placed(order);
      else await field.synced(order);
    }
    let lists = 0;
    field.shop.setFaults(({ references }) => {
      if (references.length === 0) lists += 1;
      // A goes to the end of the list, and D to the place of C, which was read.
      if (lists === 2) field.placed({ orderNumber: 'A', updatedAt: field.ago(0) });
      return undefined;
    });
    expect(numbersOf((await field.scan()).findings)).toEqual(['D']);
  });

  it('moves with a scan from an earlier time, and leaves no gap after one from a later time', async () => {
    const field = await aField(await workbench.open());
    await field.synced({ orderNumber: 'A', updatedAt: field.ago(5 * HOUR) });
    await field.scan();
    const cursor = await field.cursor();
    field.placed({ orderNumber: 'GAP', updatedAt: field.ago(3 * HOUR) });
    await field.synced({ orderNumber: 'B', updatedAt: field.ago(HOUR) });
    const since = (hours: number) => (now: Date) => new Date(now.getTime() - hours * HOUR);
    expect((await field.scan({ since: since(2) })).summary).toMatchObject({ compared: 1, found: 0 });
    expect(await field.cursor()).toBe(cursor);
    expect(numbersOf((await field.scan({ since: since(30) })).findings)).toEqual(['GAP']);
    expect(await field.cursor()).toBe(new Date(field.shop.get('B')?.updatedAt ?? '').toISOString());
    // Looks of their own: the last scan is still the one before.
    expect((await field.system.reconciliation.readScan('changes')).lastRun).toMatchObject({ compared: 1, found: 0 });
  });

  it('stays where it is on a dry run, which publishes nothing, leaves no trace and needs no lease', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'A' });
    await field.system.reconciliation.takeLease('changes', 'someone else', MINUTE);
    const { findings, summary } = await field.scan({ dryRun: true });
    expect(findings).toMatchObject([{ orderNumber: 'A', problem: 'missing', event: 'not-published' }]);
    expect(summary).toMatchObject({ found: 1, dryRun: true });
    expect(field.published).toEqual([]);
    expect(await field.system.reconciliation.readScan('changes')).toEqual({
      cursor: null,
      newestListed: null,
      begunAt: null,
      lastRun: null,
    });
  });
});
