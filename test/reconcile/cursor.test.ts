import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { statusFault } from '../../demo/shop/faults.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, MINUTE, numbersOf } from './helpers/scenario.ts';

describeDatabases('a scan that stops half-way', (workbench) => {
  /** One change every two minutes: scanned in three batches. */
  async function manyChanges() {
    const scenario = await aScenario(await workbench.open(), { pageSize: 100 });
    const withheld = ['SO-050', 'SO-250', 'SO-350'];
    for (let index = 0; index < 450; index += 1) {
      const order = {
        orderNumber: `SO-${String(index).padStart(3, '0')}`,
        updatedAt: scenario.ago((460 - index) * 2 * MINUTE),
      };
      if (withheld.includes(order.orderNumber)) scenario.placed(order);
      else await scenario.synced(order);
    }
    return scenario;
  }

  it('because the shop is down leaves the cursor where it stopped, and the next one continues from there', async () => {
    const scenario = await manyChanges();
    let lists = 0;
    scenario.shop.setFaults(({ references }) => {
      if (references.length > 0) return undefined;
      lists += 1;
      return lists > 3 ? statusFault(403) : undefined;
    });
    const { findings, error } = await scenario.scan();
    expect(error).toMatchObject({ reason: 'shop_refused_credentials' });
    expect(numbersOf(findings)).toEqual(['SO-050']);
    expect(await scenario.cursor()).toBe(new Date(scenario.shop.get('SO-199')?.updatedAt ?? '').toISOString());
    expect((await scenario.system.reconciliation.readScan('changes')).lastRun).toMatchObject({
      compared: 200,
      found: 1,
      error: expect.stringContaining('shop_refused_credentials: '),
    });

    scenario.shop.setFaults(undefined);
    const next = await scenario.scan();
    expect(next.error).toBeUndefined();
    expect(numbersOf(next.findings)).toEqual(['SO-250', 'SO-350']);
    // Not from the beginning.
    expect(next.summary.compared).toBeLessThan(270);
  });

  it('because the broker is down does not move the cursor past what it could not publish', async () => {
    const scenario = await manyChanges();
    const refusal = new Error('the broker is down');
    const publish = async (orderNumber: string) => {
      if (orderNumber === 'SO-250') throw refusal;
      scenario.published.push(orderNumber);
    };
    const { findings, error } = await scenario.scan({ with: { publish } });
    expect(error).toBe(refusal);
    expect(numbersOf(findings)).toEqual(['SO-050', 'SO-350']);
    expect((await scenario.cursor()) ?? '').toBe(new Date(scenario.shop.get('SO-199')?.updatedAt ?? '').toISOString());
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['SO-250', 'SO-350']);
  });

  it('because it was aborted says so, and publishes nothing more', async () => {
    const scenario = await manyChanges();
    const controller = new AbortController();
    const { error } = await scenario.scan({
      signal: controller.signal,
      with: { publish: async () => controller.abort(new Error('stop')) },
    });
    expect(error).toMatchObject({ message: 'stop' });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['SO-250', 'SO-350']);
  });

  it('because the list is out of order says so, and leaves the cursor where it was', async () => {
    const scenario = await aScenario(await workbench.open());
    const stubs = [HOUR, 3 * HOUR, 2 * HOUR].map((ms, index) => ({
      orderNumber: `SO-${index}`,
      status: 'paid' as const,
      updatedAt: scenario.ago(ms),
    }));
    async function* listUpdatedSince() {
      yield* stubs;
    }
    const { error } = await scenario.scan({ with: { shop: { ...scenario.shopAt(0), listUpdatedSince } } });
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('oldest change first') });
    expect(Date.parse((await scenario.cursor()) ?? '')).toBeLessThan(Date.now() - 20 * HOUR);
  });
});

describeDatabases(
  'an adapter',
  (workbench) => {
    const anHourAgo = new Date(Math.floor(Date.now() / 1000) * 1000 - HOUR).toISOString();

    it.each([
      ['a time in another format', { updatedAt: anHourAgo.replace('.000Z', '+00:00') }, undefined],
      ['no time', { updatedAt: undefined }, /updatedAt: /],
      ['a status of its own', { status: 'shipped' }, /status: /],
      ['a number that would leave the URL', { orderNumber: '../1' }, /orderNumber: /],
    ])('that lists an order with %s is understood or reported', async (_, more, message) => {
      const scenario = await aScenario(await workbench.open());
      const stub = { orderNumber: 'A', status: 'paid', updatedAt: anHourAgo, ...more };
      const shop = { ...scenario.shopAt(0), listUpdatedSince: () => Readable.from([stub]) };
      const { findings } = await scenario.scan({ with: { shop } });
      expect(scenario.published).toEqual(message === undefined ? ['A'] : []);
      if (message === undefined) expect(findings).toMatchObject([{ updatedAt: anHourAgo }]);
      else expect(findings).toMatchObject([{ problem: 'unreadable', detail: expect.stringMatching(message) }]);
    });
  },
  ['SQLite'],
);

describeDatabases('the cursor', (workbench) => {
  it('starts a day ago, and stays there while nothing changes', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'LONG-AGO', updatedAt: scenario.ago(25 * HOUR) });
    expect((await scenario.scan()).summary.compared).toBe(0);
    const cursor = await scenario.cursor();
    expect(Date.now() - Date.parse(cursor ?? '')).toBeGreaterThanOrEqual(24 * HOUR);
    await scenario.scan();
    expect(await scenario.cursor()).toBe(cursor);
  });

  it("is never later than the shop's clock, whatever time an order claims", async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'FUTURE', updatedAt: '2099-01-01T00:00:00Z' });
    await scenario.scan();
    await scenario.letTimePass(3 * MINUTE);
    expect((await scenario.scan()).summary.compared).toBe(1);
    scenario.placed({ orderNumber: 'NOW', updatedAt: scenario.ago(3 * MINUTE) });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['NOW']);
  });

  it('is ten minutes behind, so a change that the shop committed late is still found', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A', updatedAt: scenario.ago(20 * MINUTE) });
    await scenario.scan();
    scenario.placed({ orderNumber: 'LATE', updatedAt: scenario.ago(29 * MINUTE) });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['LATE']);
  });

  it('skips none of the orders that changed at the same time, even across pages', async () => {
    const scenario = await aScenario(await workbench.open(), { pageSize: 3 });
    const updatedAt = scenario.ago(HOUR);
    const numbers = Array.from({ length: 11 }, (_, index) => `SO-${String(index).padStart(2, '0')}`);
    for (const orderNumber of numbers) {
      if (['SO-02', 'SO-03', 'SO-10'].includes(orderNumber)) scenario.placed({ orderNumber, updatedAt });
      else await scenario.synced({ orderNumber, updatedAt });
    }
    const { findings, summary } = await scenario.scan();
    expect(numbersOf(findings)).toEqual(['SO-02', 'SO-03', 'SO-10']);
    expect(summary.compared).toBe(11);
    expect(await scenario.cursor()).toBe(updatedAt);
  });

  it('does not pass an order that a shifting list hid', async () => {
    const scenario = await aScenario(await workbench.open(), { pageSize: 3 });
    for (const [index, orderNumber] of ['A', 'B', 'C', 'D', 'E'].entries()) {
      const order = { orderNumber, updatedAt: scenario.ago((20 - index) * 12 * MINUTE) };
      if (orderNumber === 'D') scenario.placed(order);
      else await scenario.synced(order);
    }
    let lists = 0;
    scenario.shop.setFaults(({ references }) => {
      if (references.length === 0) lists += 1;
      // A moves to the end of the list, and D to C's place, which was already read.
      if (lists === 2) scenario.placed({ orderNumber: 'A', updatedAt: scenario.ago(0) });
      return undefined;
    });
    expect(numbersOf((await scenario.scan()).findings)).toEqual(['D']);
  });

  it('moves with a scan from an earlier time, and stays after one from a later time, which would leave a gap', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A', updatedAt: scenario.ago(5 * HOUR) });
    await scenario.scan();
    const cursor = await scenario.cursor();
    scenario.placed({ orderNumber: 'GAP', updatedAt: scenario.ago(3 * HOUR) });
    await scenario.synced({ orderNumber: 'B', updatedAt: scenario.ago(HOUR) });
    const since = (hours: number) => (now: Date) => new Date(now.getTime() - hours * HOUR);
    expect((await scenario.scan({ since: since(2) })).summary).toMatchObject({ compared: 1, found: 0 });
    expect(await scenario.cursor()).toBe(cursor);
    expect(numbersOf((await scenario.scan({ since: since(30) })).findings)).toEqual(['GAP']);
    expect(await scenario.cursor()).toBe(new Date(scenario.shop.get('B')?.updatedAt ?? '').toISOString());
    // These scans are not recorded: the last one is still the first.
    expect((await scenario.system.reconciliation.readScan('changes')).lastRun).toMatchObject({ compared: 1, found: 0 });
  });

  it('stays in a dry run, which publishes nothing, stores nothing and needs no lease', async () => {
    const scenario = await aScenario(await workbench.open());
    scenario.placed({ orderNumber: 'A' });
    await scenario.system.reconciliation.takeLease('changes', 'another', MINUTE);
    const { findings, summary } = await scenario.scan({ dryRun: true });
    expect(findings).toMatchObject([{ orderNumber: 'A', problem: 'missing', event: 'not-published' }]);
    expect(summary).toMatchObject({ found: 1, dryRun: true });
    expect(scenario.published).toEqual([]);
    expect(await scenario.system.reconciliation.readScan('changes')).toEqual({
      cursor: null,
      newestListed: null,
      begunAt: null,
      lastRun: null,
    });
  });
});
