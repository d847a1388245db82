import { expect, it } from 'vitest';
import { aBystander, aRabbit } from '../helpers/broker.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, MINUTE, numbersOf } from './helpers/scenario.ts';

describeDatabases('the scan of the changes', (workbench) => {
  it('publishes exactly the orders whose event never arrived', async () => {
    const scenario = await aScenario(await workbench.open(), { pageSize: 7 });
    const all = Array.from({ length: 40 }, (_, index) => `SO-${String(index).padStart(2, '0')}`);
    const withheld = ['SO-00', 'SO-13', 'SO-14', 'SO-39'];
    for (const [index, orderNumber] of all.entries()) {
      const order = { orderNumber, updatedAt: scenario.ago((50 - index) * MINUTE) };
      if (withheld.includes(orderNumber)) scenario.placed(order);
      else await scenario.synced(order);
    }
    // The event of its cancellation never arrived: the internal system would still ship it.
    scenario.placed({ orderNumber: 'SO-20', status: 'cancelled', updatedAt: scenario.ago(3 * MINUTE) });

    const rabbit = aRabbit();
    await rabbit.open();
    const publish = (orderNumber: string) => rabbit.send({ orderNumber, event: 'updated' });
    const { findings, summary, error } = await scenario.scan({ with: { publish } });

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

  it('knows order numbers as shops write them', async () => {
    const scenario = await aScenario(await workbench.open());
    const numbers = ['#1001', '1001', 'INV/2026/12', 'SO 1001', 'gid://shopify/Order/1', '订单1001', '订'.repeat(61)];
    for (const orderNumber of numbers) scenario.placed({ orderNumber, updatedAt: scenario.ago(5 * MINUTE) });
    await scenario.sync('#1001');
    expect(numbersOf((await scenario.scan()).findings).toSorted()).toEqual(numbers.slice(1).toSorted());
    for (const orderNumber of numbers.slice(1)) await scenario.sync(orderNumber);
    expect((await scenario.scan()).findings).toEqual([]);
  });

  it('finds no order that has arrived since, but finds again those that have not', async () => {
    const scenario = await aScenario(await workbench.open());
    for (const orderNumber of ['A', 'B']) scenario.placed({ orderNumber, updatedAt: scenario.ago(5 * MINUTE) });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['A', 'B']);
    await scenario.sync('A');
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['B']);
    await scenario.sync('B');
    expect((await scenario.scan()).findings).toEqual([]);
    expect(scenario.published.toSorted()).toEqual(['A', 'B', 'B']);
  });

  it('does not count carts as missing', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'CART', status: 'pending' });
    const { findings, summary } = await scenario.scan();
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({ compared: 0, carts: 1 });
  });

  it('finds an order that is stored and pending, and paid in the shop at the same time', async () => {
    const scenario = await aScenario(await workbench.open());
    const updatedAt = scenario.ago(HOUR);
    await scenario.synced({ orderNumber: 'P', status: 'pending', updatedAt });
    scenario.placed({ orderNumber: 'P', status: 'paid', updatedAt });
    expect((await scenario.scan()).findings).toMatchObject([{ orderNumber: 'P', problem: 'older' }]);
  });

  it('stores its result', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'A' });
    await scenario.synced({ orderNumber: 'B' });
    await scenario.scan();
    const { lastRun, begunAt } = await scenario.system.reconciliation.readScan('changes');
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
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'OLD', updatedAt: scenario.ago(30 * MINUTE) });
    const changedAt = scenario.ago(30_000);
    scenario.placed({ orderNumber: 'NEW', updatedAt: changedAt });
    const { findings, summary } = await scenario.scan();
    expect(numbersOf(findings)).toEqual(['OLD']);
    expect(summary).toMatchObject({ compared: 1, underWay: 1 });
    expect(Date.parse((await scenario.cursor()) ?? '')).toBeLessThan(Date.parse(changedAt));

    await scenario.sync('OLD');
    const next = await scenario.scan({ with: { shop: scenario.shopAt(3 * MINUTE) } });
    expect(numbersOf(next.findings)).toEqual(['NEW']);
  });

  it("is found by the next scan once it was first seen long enough ago, if its time is ahead of the shop's clock", async () => {
    const scenario = await aScenario(await workbench.open(), { dataAheadMs: 8 * HOUR });
    // This shop takes local time for UTC: only its data is eight hours ahead, not its clock.
    scenario.placed({ orderNumber: 'A', updatedAt: scenario.ago(HOUR) });
    expect((await scenario.scan()).summary).toMatchObject({ compared: 0, underWay: 1 });
    await scenario.letTimePass(MINUTE);
    expect((await scenario.scan()).summary).toMatchObject({ compared: 0, underWay: 1 });
    await scenario.letTimePass(3 * MINUTE);
    scenario.placed({ orderNumber: 'B', updatedAt: scenario.ago(MINUTE) });
    const { findings, summary } = await scenario.scan();
    expect(numbersOf(findings)).toEqual(['A']);
    expect(summary).toMatchObject({ compared: 1, underWay: 1 });
    // The cursor is never in the future: it would skip what changes until then.
    expect(Date.parse((await scenario.cursor()) ?? '')).toBeLessThan(Date.now());
  });

  it.each([-1, 1])('is judged by the clock of the shop, here %i h ahead of ours', async (hours) => {
    const scenario = await aScenario(await workbench.open(), { clockAheadMs: hours * HOUR });
    scenario.placed({ orderNumber: 'WITHHELD', updatedAt: scenario.ago(10 * MINUTE) });
    scenario.placed({ orderNumber: 'UNDER-WAY', updatedAt: scenario.ago(30_000) });
    const { findings, summary } = await scenario.scan();
    expect(numbersOf(findings)).toEqual(['WITHHELD']);
    expect(summary.underWay).toBe(1);
    await scenario.sync('WITHHELD', 'UNDER-WAY');
    scenario.placed({ orderNumber: 'NEXT', updatedAt: scenario.ago(3 * MINUTE) });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['NEXT']);
  });

  it.each([-1, 1])(
    'is judged by our clock if the shop reports no time; even if that is %i h off, nothing is lost',
    async (hours) => {
      const scenario = await aScenario(await workbench.open(), { dataAheadMs: hours * HOUR });
      const shop = { ...scenario.shopAt(0), now: async () => undefined };
      scenario.placed({ orderNumber: 'A', updatedAt: scenario.ago(HOUR) });
      const first = await scenario.scan({ with: { shop } });
      await scenario.letTimePass(3 * MINUTE);
      scenario.placed({ orderNumber: 'B', updatedAt: scenario.ago(20 * MINUTE) });
      const second = await scenario.scan({ with: { shop } });
      await scenario.letTimePass(3 * MINUTE);
      const third = await scenario.scan({ with: { shop } });
      const found = [first, second, third].flatMap(({ findings }) => numbersOf(findings));
      expect(new Set(found)).toEqual(new Set(['A', 'B']));
    },
  );
});
