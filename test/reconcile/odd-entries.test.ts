import { expect, it } from 'vitest';
import type { OrderStub } from '../../src/shop/shop-client.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { aScenario, HOUR, MINUTE } from './helpers/scenario.ts';

describeDatabases('an odd entry in a list of the shop', (workbench) => {
  it.each(['changes', 'deep'] as const)(
    'is reported at each scan that meets it, and the others are compared (%s)',
    async (kind) => {
      const scenario = await aScenario(await workbench.open(), { pageSize: 2 });
      for (const [index, odd] of [
        { orderNumber: 'WEB;2026' },
        { orderNumber: 'A', status: 'packed' as 'paid' },
        { orderNumber: 'B', shopOrderId: '' },
        { orderNumber: '\u202e', shopOrderId: '' },
        { orderNumber: 'C' },
      ].entries()) {
        scenario.placed({ ...odd, updatedAt: scenario.ago((60 - index) * MINUTE) });
      }
      for (let scans = 1; scans <= 2; scans += 1) {
        const { findings, summary, error } = await scenario.scan({
          kind,
          since: () => new Date(scenario.ago(2 * HOUR)),
        });
        expect(error).toBeUndefined();
        const odd = { status: null, updatedAt: null, problem: 'unreadable', event: 'not-published' };
        expect(findings.filter(({ detail }) => detail !== undefined)).toEqual([
          { ...odd, orderNumber: 'WEB;2026', reason: 'invalid_order', detail: expect.stringMatching(/^orderNumber: /) },
          {
            ...odd,
            orderNumber: 'A',
            reason: 'invalid_order',
            detail: expect.stringMatching(/^status: .* other text$/),
          },
          { ...odd, orderNumber: '\ufffd', reason: 'invalid_order', detail: expect.stringMatching(/^orderNumber: /) },
        ]);
        expect(findings).toContainEqual(expect.objectContaining({ orderNumber: 'C', event: 'published' }));
        expect(summary).toMatchObject({ unreadable: 3 });
      }
    },
  );

  it('is no odd entry where none of many is valid: that list is not understood, and the cursor waits', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A', updatedAt: scenario.ago(3 * HOUR) });
    await scenario.scan();
    const before = await scenario.cursor();
    const updatedAt = scenario.ago(HOUR);
    const packed = { status: 'packed' as 'paid', updatedAt };
    const shop = {
      ...scenario.shopAt(0),
      listUpdatedSince: async function* () {
        for (let index = 0; index < 10; index += 1) yield { orderNumber: `N${index}`, ...packed };
      },
    };
    const { findings, error } = await scenario.scan({ with: { shop } });
    expect(findings).toEqual([]);
    expect(error).toMatchObject({
      reason: 'shop_bad_reply',
      message: expect.stringMatching(/^None of 10 orders in the shop's list is valid: status: expected one of /),
    });
    expect(await scenario.cursor()).toBe(before);
  });

  it('does not hold the cursor', async () => {
    const scenario = await aScenario(await workbench.open());
    await scenario.synced({ orderNumber: 'A', updatedAt: scenario.ago(3 * HOUR) });
    scenario.placed({ orderNumber: 'ODD;', updatedAt: scenario.ago(2 * HOUR) });
    await scenario.synced({ orderNumber: 'B', updatedAt: scenario.ago(HOUR) });
    expect((await scenario.scan()).summary).toMatchObject({ compared: 2, unreadable: 1, found: 0 });
    expect(await scenario.cursor()).toBe(new Date(scenario.shop.get('B')?.updatedAt ?? '').toISOString());
  });

  it('of an adapter is reported whatever it is, and one without a time counts as next to the one before', async () => {
    const scenario = await aScenario(await workbench.open());
    const stub = { orderNumber: 'A', status: 'paid', updatedAt: scenario.ago(HOUR) } as const;
    const entries: unknown[] = [
      { ...stub, orderNumber: 'NO-TIME', updatedAt: 'yesterday' },
      stub,
      {},
      { orderNumber: { id: 7 } },
      { ...stub, orderNumber: 'SAYS-SO', problem: 'its id is missing' },
      { ...stub, orderNumber: 'B' },
    ];
    const listUpdatedSince = async function* () {
      yield* entries as OrderStub[];
    };
    const { findings, summary, error } = await scenario.scan({
      with: { shop: { ...scenario.shopAt(0), listUpdatedSince } },
    });
    expect(error).toBeUndefined();
    expect(findings.map(({ orderNumber, event, detail }) => [orderNumber, event, detail?.replace(/: .*/, '')])).toEqual(
      [
        ['NO-TIME', 'not-published', 'updatedAt'],
        ['?', 'not-published', 'orderNumber'],
        ['?', 'not-published', 'orderNumber'],
        ['SAYS-SO', 'not-published', 'its id is missing'],
        ['A', 'published', undefined],
        ['B', 'published', undefined],
      ],
    );
    expect(summary).toMatchObject({ compared: 2, found: 2, unreadable: 4 });
    expect(await scenario.cursor()).toBe(stub.updatedAt);
  });
});
