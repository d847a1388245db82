import { describe, expect, it, test } from 'vitest';
import tryton from '../../../../src/internal-system/presets/tryton.ts';
import type { OrderSink, SinkDelivery, SinkResult } from '../../../../src/internal-system/sink/order-sink.ts';
import { anOrder, type OrderDocument } from '../../../helpers/order-builder.ts';
import { aTryton } from './stand-in.ts';

type Overrides = Partial<OrderDocument>;

const PAID: Overrides = {
  orderNumber: '10086',
  currency: 'EUR',
  lines: [
    {
      lineId: '1',
      sku: 'NB-A5',
      name: 'Notebook',
      quantity: 2,
      unitPrice: '12.95',
      discount: '0.00',
      tax: '4.14',
      lineTotal: '25.90',
    },
  ],
  totals: {
    items: '25.90',
    shipping: '4.90',
    tax: '4.92',
    discount: '0.00',
    refunded: null,
    grand: '30.80',
    taxIncluded: true,
  },
};
const FEWER: Overrides = {
  lines: [{ ...PAID.lines?.[0], quantity: 1, tax: '2.07', lineTotal: '12.95' } as NonNullable<Overrides['lines']>[0]],
  totals: {
    items: '12.95',
    shipping: '4.90',
    tax: '2.85',
    discount: '0.00',
    refunded: null,
    grand: '17.85',
    taxIncluded: true,
  },
};

/** A sink on a stand-in, and its deliveries one after another, each knowing what the last one knew. */
async function aSink(env: Record<string, string> = {}) {
  const erp = await aTryton();
  const login = { ERP_DATABASE: 'erp', ERP_USER: 'order-sync', ERP_PASSWORD: 'a-secret' };
  const sink: OrderSink = await tryton({ shop: 'web', env: { ERP_URL: erp.url, ...login, ...env } });
  let previous: SinkDelivery['previous'];
  let revision = 0;
  const deliver = async (overrides: Overrides = {}, more: Partial<SinkDelivery> = {}): Promise<SinkResult> => {
    const order = anOrder({ ...PAID, ...overrides });
    revision += 1;
    const delivery = { key: `web/${order.shopOrderId}`, shop: 'web', order, revision, previous, uncertain: false };
    const result = await sink.upsert({ ...delivery, ...more }, AbortSignal.timeout(10_000));
    previous = { order, revision, erpId: result.erpId ?? previous?.erpId ?? null };
    return result;
  };
  const fail = (overrides: Overrides = {}, more: Partial<SinkDelivery> = {}): Promise<unknown> =>
    deliver(overrides, more).then(
      () => undefined,
      (error: unknown) => error,
    );
  return { erp, sink, deliver, fail };
}

/** What changed sales, in order. */
const changes = (calls: readonly string[]) =>
  calls.filter((call) => /^(create|write|quote|confirm|draft|cancel)$/.test(call));

test('a paid order becomes a confirmed sale, with exact net prices and the taxes that Tryton suggests', async () => {
  const { erp, deliver } = await aSink();
  expect(await deliver()).toEqual({ erpId: '1' });
  const [sale] = erp.sales;
  expect(sale).toMatchObject({ state: 'confirmed', reference: 'web/10086', party: 2, invoice_address: 101 });
  expect(sale?.lines.map(({ quantity, unit_price: price, taxes }) => [quantity, price, taxes])).toEqual([
    [2, { __class__: 'Decimal', decimal: '10.8800' }, [['add', [1]]]],
    [1, { __class__: 'Decimal', decimal: '4.1200' }, [['add', [1]]]],
  ]);
  expect(changes(erp.calls)).toEqual(['create', 'quote', 'confirm']);
});

test.each([
  ['pending', []],
  ['cancelled', []],
  ['on_hold', ['quotation']],
  ['completed', ['confirmed']],
] as const)('an order that is %s before Tryton has it becomes %j', async (status, states) => {
  const { erp, deliver } = await aSink();
  await deliver({ status });
  expect(erp.sales.map(({ state }) => state)).toEqual(states);
});

test('what is so already is read, and nothing else', async () => {
  const { erp, deliver } = await aSink();
  await deliver();
  erp.calls.length = 0;
  await deliver({ status: 'completed' });
  expect(erp.calls).toEqual(['search_read']);
});

describe('a change of a confirmed sale', () => {
  it('takes it back to draft, replaces its lines and confirms it again', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    erp.calls.length = 0;
    await deliver(FEWER);
    expect(changes(erp.calls)).toEqual(['draft', 'write', 'quote', 'confirm']);
    expect(erp.sales[0]).toMatchObject({ state: 'confirmed', lines: [{ quantity: 1 }, { quantity: 1 }] });
  });

  it('says that staff had changed the sale', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    Object.assign(erp.sales[0] ?? {}, { write_uid: 9 });
    expect((await deliver(FEWER)).note).toMatch(/^Staff had changed the sale/);
  });

  it('does not begin when Tryton lacks what it needs', async () => {
    const { erp, deliver, fail } = await aSink();
    await deliver();
    const unknown = { ...FEWER.lines?.[0], sku: 'NOPE' } as NonNullable<Overrides['lines']>[0];
    expect(await fail({ lines: [unknown] })).toMatchObject({
      reason: 'write_rejected',
      message: 'Tryton has no product NOPE. Add it there, or set ERP_UNKNOWN_SKU.',
    });
    expect(erp.sales[0]?.state).toBe('confirmed');
  });
});

test.each([
  ['confirmed', {}, ['draft', 'write', 'cancel']],
  ['a quotation', { status: 'on_hold' }, ['write', 'cancel']],
] as const)('a sale that is %s is cancelled', async (_, before, expected) => {
  const { erp, deliver } = await aSink();
  await deliver(before);
  erp.calls.length = 0;
  expect(await deliver({ status: 'cancelled' })).toEqual({ erpId: '1' });
  expect(changes(erp.calls)).toEqual(expected);
  expect(erp.sales[0]?.state).toBe('cancelled');
  await deliver();
  expect(erp.sales[0]?.state).toBe('confirmed');
});

describe('a sale that is left as it is', () => {
  it.each([
    ['cancelled', { status: 'cancelled' }, ['cancelled']],
    ['changed', FEWER, ['items_removed']],
    ['completed', { status: 'completed' }, undefined],
  ] as const)('is in work when the order is %s', async (_, change, conflict) => {
    const { erp, deliver } = await aSink();
    await deliver();
    Object.assign(erp.sales[0] ?? {}, { state: 'processing' });
    erp.calls.length = 0;
    expect((await deliver(change)).conflict).toEqual(conflict);
    expect(changes(erp.calls)).toEqual([]);
  });

  it('was cancelled by staff', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    Object.assign(erp.sales[0] ?? {}, { state: 'cancelled' });
    expect(await deliver(FEWER)).toMatchObject({ erpId: '1', conflict: ['reinstated'] });
    expect(erp.sales[0]?.state).toBe('cancelled');
  });

  it('goes into work between reading and cancelling, and Tryton answers as if it had cancelled it', async () => {
    const { erp, deliver, fail } = await aSink();
    await deliver({ status: 'on_hold' });
    erp.trick('cancel', { body: { id: 1, result: null } });
    expect(await fail({ status: 'cancelled' })).toMatchObject({ reason: 'write_failed', isOver: true });
  });
});

describe.each(['create', 'quote', 'confirm'])('when the reply to %s is lost', (method) => {
  it('the next delivery goes on from the state that it finds', async () => {
    const { erp, deliver, fail } = await aSink();
    erp.trick(method, 'lost');
    expect(await fail()).toMatchObject({ reason: 'write_failed', isOver: false });
    expect(await deliver({}, { uncertain: true, previous: undefined })).toEqual({ erpId: '1' });
    expect(erp.sales.map(({ state }) => state)).toEqual(['confirmed']);
    expect(changes(erp.calls)).toEqual(['create', 'quote', 'confirm']);
  });
});

test('a session that has ended is renewed', async () => {
  const { erp, deliver } = await aSink();
  await deliver();
  erp.expireSessions();
  await deliver(FEWER);
  expect(erp.calls.filter((call) => call === 'common.db.login')).toHaveLength(2);
});

test.each([
  [
    ['UserError', ['No price for "王小明" in Köln', '', null]],
    'write_rejected',
    /^The internal system refuses this order: /,
  ],
  [['UserWarning', ['a', 'Is that right?', '']], 'write_rejected', /wants a person to confirm: Is that right\?/],
  [['ConcurrencyException', 'Records were modified'], 'write_failed', /Somebody else has written/],
  [["'name'", 'Traceback …'], 'write_failed', /answered the call with an error/],
])('Tryton answering %j is %s', async (error, reason, message) => {
  const { erp, fail } = await aSink();
  erp.trick('create', { body: { id: 1, error } });
  const failure = await fail();
  expect(failure).toMatchObject({ reason, message: expect.stringMatching(message), isOver: true });
  expect(JSON.stringify(failure) + String(failure)).not.toContain('王小明');
});

describe('two sales', () => {
  it('of one order are shown to a person', async () => {
    const { erp, deliver, fail } = await aSink();
    await deliver();
    erp.sales.push({ ...structuredClone(erp.sales[0]), id: 2 } as (typeof erp.sales)[0]);
    expect(await fail(FEWER)).toMatchObject({ reason: 'write_rejected', message: expect.stringContaining('ids 1, 2') });
  });

  it('of one reference: one that order-sync has not made is never touched', async () => {
    const { erp, deliver, fail } = await aSink();
    await deliver();
    Object.assign(erp.sales[0] ?? {}, { description: 'by hand' });
    expect(await fail({ shopOrderId: 'another' }, { previous: undefined })).toMatchObject({ reason: 'write_rejected' });
    expect(erp.sales[0]?.description).toBe('by hand');
  });
});

describe("Tryton's total", () => {
  it('may differ by rounding, which the note says', async () => {
    const { deliver } = await aSink();
    const totals = { ...(PAID.totals as object), grand: '30.79' } as NonNullable<Overrides['totals']>;
    expect((await deliver({ totals })).note).toBe("Tryton's total is 0.01 EUR above the order's.");
  });

  it('that differs by more stops the sale before it is a quotation', async () => {
    const { erp, fail } = await aSink();
    const totals = { ...(PAID.totals as object), grand: '35.00' } as NonNullable<Overrides['totals']>;
    expect(await fail({ totals })).toMatchObject({ reason: 'write_rejected' });
    expect(erp.sales[0]?.state).toBe('draft');
  });
});

test.each([
  ['no unique index', { id: 1, error: ['UserError', ['A value is required for field "Unit Price".', '', null]] }, 1],
  ['one', { id: 1, error: ['duplicate key value violates unique constraint', 'Traceback'] }, 0],
])('a Tryton with %s is told by two sales of one reference, of which nothing remains', async (_, body, warnings) => {
  const { erp, sink } = await aSink();
  erp.trick('create', { body });
  const found = await sink.warnings?.(AbortSignal.timeout(10_000));
  expect(found).toHaveLength(warnings);
  if (warnings > 0) expect(found?.[0]).toContain("ON sale_sale (company, reference) WHERE reference LIKE 'web/%'");
  await sink.close?.();
});
