import { expect, it } from 'vitest';
import { aBystander, aRabbit } from '../helpers/broker.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aField, HOUR, MINUTE, numbersOf } from './helpers/field.ts';

describeDatabases('the scan through the changes', (workbench) => {
  it('publishes exactly the orders whose event never came, so that they take the road of all others', async () => {
    const field = await aField(await workbench.open(), { pageSize: 7 });
    const all = Array.from({ length: 40 }, (_, index) => `SO-${String(index).padStart(2, '0')}`);
    const withheld = ['SO-00', 'SO-13', 'SO-14', 'SO-39'];
    for (const [index, orderNumber] of all.entries()) {
      const order = { orderNumber, updatedAt: field.ago((50 - index) * MINUTE) };
      if (withheld.includes(orderNumber)) field.placed(order);
      else await field.synced(order);
    }
    // The event of a cancellation never came: the internal system still ships it.
    field.placed({ orderNumber: 'SO-20', status: 'cancelled', updatedAt: field.ago(3 * MINUTE) });

    const rabbit = aRabbit();
    await rabbit.open();
    const publish = (orderNumber: string) => rabbit.send({ orderNumber, event: 'updated' });
    const { findings, summary, error } = await field.scan({ with: { publish } });

    expect(error).toBeUndefined();
    expect(numbersOf(findings)).toEqual([...withheld, 'SO-20'].sort());
    expect(findings.find(({ orderNumber }) => orderNumber === 'SO-20')).toMatchObject({
      problem: 'older',
      status: 'cancelled',
      event: 'published',
    });
    expect(findings.find(({ orderNumber }) => orderNumber === 'SO-13')).toMatchObject({ problem: 'missing' });
    expect(summary).toMatchObject({ compared: 40, found: 5, known: 0, carts: 0, underWay: 0 });
    const bystander = await aBystander();
    const events = (await bystander.drain(rabbit.queue)).map(({ content }) => JSON.parse(content));
    expect(events).toHaveLength(5);
    expect(events).toContainEqual({ orderNumber: 'SO-13', event: 'updated' });
  });

  it('finds nothing more once they have arrived, and again those that have not', async () => {
    const field = await aField(await workbench.open());
    for (const orderNumber of ['A', 'B']) field.placed({ orderNumber, updatedAt: field.ago(5 * MINUTE) });
    expect(numbersOf((await field.scan()).findings)).toEqual(['A', 'B']);
    await field.sync('A');
    expect(numbersOf((await field.scan()).findings)).toEqual(['B']);
    await field.sync('B');
    expect((await field.scan()).findings).toEqual([]);
    expect(field.published.toSorted()).toEqual(['A', 'B', 'B']);
  });

  it('misses no carts, nor what the internal system knows better', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'CART', status: 'pending' });
    await field.synced({ orderNumber: 'AHEAD', updatedAt: field.ago(HOUR) });
    // What the list shows lags behind.
    field.placed({ orderNumber: 'AHEAD', updatedAt: field.ago(2 * HOUR) });
    await field.synced({ orderNumber: 'REVOKED', status: 'cancelled', updatedAt: field.ago(HOUR) });
    field.shop.put({ ...anOrderDocument(), ...field.shop.get('REVOKED'), status: 'paid' });
    const { findings, summary } = await field.scan();
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ compared: 2, carts: 1 });
  });

  it('finds an order that is stored and pending, and paid in the shop at the same time', async () => {
    const field = await aField(await workbench.open());
    const updatedAt = field.ago(HOUR);
    await field.synced({ orderNumber: 'P', status: 'pending', updatedAt });
    field.placed({ orderNumber: 'P', status: 'paid', updatedAt });
    expect((await field.scan()).findings).toMatchObject([{ orderNumber: 'P', problem: 'older' }]);
  });

  it('stores how it ended', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'A' });
    await field.synced({ orderNumber: 'B' });
    await field.scan();
    const { lastRun, begunAt } = await field.system.reconciliation.readScan('changes');
    expect(lastRun).toMatchObject({ startedAt: begunAt, compared: 2, found: 1, known: 0, error: null });
    expect(Date.parse(lastRun?.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(begunAt ?? ''));
    expect(JSON.parse(lastRun?.report ?? '')).toMatchObject({
      scan: 'changes',
      orders: [{ orderNumber: 'A', problem: 'missing', event: 'published' }],
    });
  });
});

describeDatabases('an order whose event may be under way', (workbench) => {
  it('is left for the next scan, and the cursor does not pass it', async () => {
    const field = await aField(await workbench.open());
    field.placed({ orderNumber: 'OLD', updatedAt: field.ago(30 * MINUTE) });
    const changedAt = field.ago(30_000);
    field.placed({ orderNumber: 'NEW', updatedAt: changedAt });
    const { findings, summary } = await field.scan();
    expect(numbersOf(findings)).toEqual(['OLD']);
    expect(summary).toMatchObject({ compared: 1, underWay: 1 });
    expect(Date.parse((await field.cursor()) ?? '')).toBeLessThan(Date.parse(changedAt));

    await field.sync('OLD');
    const next = await field.scan({ with: { shop: field.shopAt(3 * MINUTE) } });
    expect(numbersOf(next.findings)).toEqual(['NEW']);
  });

  it('is found by the next scan if there is no shop time to tell, once it was met long enough ago', async () => {
    const field = await aField(await workbench.open(), { dataAheadMs: 8 * HOUR });
    // This shop takes local time for UTC: eight hours ahead, in its data alone.
    field.placed({ orderNumber: 'A', updatedAt: field.ago(HOUR) });
    expect((await field.scan()).summary).toMatchObject({ compared: 0, underWay: 1 });
    await field.letTimePass(MINUTE);
    expect((await field.scan()).summary).toMatchObject({ compared: 0, underWay: 1 });
    await field.letTimePass(3 * MINUTE);
    field.placed({ orderNumber: 'B', updatedAt: field.ago(MINUTE) });
    const { findings, summary } = await field.scan();
    expect(numbersOf(findings)).toEqual(['A']);
    expect(summary).toMatchObject({ compared: 1, underWay: 1 });
    // It never runs ahead of the time: what changes between now and then must not be passed.
    expect(Date.parse((await field.cursor()) ?? '')).toBeLessThan(Date.now());
  });

  it.each([-1, 1])('is told by the clock of the shop, which is %i h ahead of ours', async (hours) => {
    const field = await aField(await workbench.open(), { clockAheadMs: hours * HOUR });
    field.placed({ orderNumber: 'WITHHELD', updatedAt: field.ago(10 * MINUTE) });
    field.placed({ orderNumber: 'UNDER-WAY', updatedAt: field.ago(30_000) });
    const { findings, summary } = await field.scan();
    expect(numbersOf(findings)).toEqual(['WITHHELD']);
    expect(summary.underWay).toBe(1);
    await field.sync('WITHHELD', 'UNDER-WAY');
    field.placed({ orderNumber: 'NEXT', updatedAt: field.ago(3 * MINUTE) });
    expect(numbersOf((await field.scan()).findings)).toEqual(['NEXT']);
  });

  it.each([-1, 1])('is told by our clock if the shop tells no time; %i h off, nothing is lost', async (hours) => {
    const field = await aField(await workbench.open(), { dataAheadMs: hours * HOUR });
    const shop = { ...field.shopAt(0), now: async () => undefined };
    field.placed({ orderNumber: 'A', updatedAt: field.ago(HOUR) });
    const first = await field.scan({ with: { shop } });
    await field.letTimePass(3 * MINUTE);
    field.placed({ orderNumber: 'B', updatedAt: field.ago(20 * MINUTE) });
    const second = await field.scan({ with: { shop } });
    await field.letTimePass(3 * MINUTE);
    const third = await field.scan({ with: { shop } });
    const found = [first, second, third].flatMap(({ findings }) => numbersOf(findings));
    expect(new Set(found)).toEqual(new Set(['A', 'B']));
  });
});
