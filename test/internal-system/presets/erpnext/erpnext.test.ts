import { describe, expect, onTestFinished, test } from 'vitest';
import createErpNext from '../../../../src/internal-system/presets/erpnext.ts';
import { aLine, anOrder, type OrderDocument } from '../../../helpers/order-builder.ts';
import { aDelivery, aSignal } from '../../endpoint/an-endpoint.ts';
import { FrappeError, StandInErpNext, serve } from './stand-in.ts';

async function aSink(env: Readonly<Record<string, string>> = {}) {
  const erp = new StandInErpNext();
  const url = await serve(erp);
  const sink = await createErpNext({ shop: 'shop', env: { ERP_URL: url, ERP_TOKEN: 'key:secret', ...env } });
  onTestFinished(() => sink.close?.());
  /** What is delivered next, with what was delivered last. */
  const deliver = async (order: Partial<OrderDocument> = {}, before?: Partial<OrderDocument>) => {
    const previous = before === undefined ? undefined : { order: anOrder(before), revision: 1, erpId: null };
    return await sink.upsert(aDelivery(order, { previous }), aSignal());
  };
  return { sink, erp, deliver };
}

const ITEMS = [
  { item_code: 'TEA-LJ-250', qty: 2, rate: 54.9 },
  { item_code: 'CUP-01', qty: 1, rate: 9.6 },
  { item_code: 'SHIPPING', qty: 1, rate: 10 },
];

const CHANGED = {
  lines: [aLine({ quantity: 3, discount: null, lineTotal: '179.70' })],
  totals: { ...anOrder().totals, items: '179.70', grand: '189.70' },
};

describe('a paid order', () => {
  test('becomes a submitted Sales Order with its items, and an Address for its parcel', async () => {
    const { erp, deliver } = await aSink();
    expect(await deliver()).toEqual({ erpId: 'SAL-ORD-2' });
    expect(erp.sales).toMatchObject([
      { docstatus: 1, po_no: 'shop/id-20261122000123456789', customer: 'WEB', grand_total: 129.4, items: ITEMS },
    ]);
    const [address] = erp.documents['Address'] ?? [];
    expect(address).toMatchObject({ address_line1: '王小明', city: '杭州市', country: 'China' });
    expect(erp.sales[0]?.['shipping_address_name']).toBe(address?.name);
  });

  test('sends amounts with exactly their digits, never a float', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    expect(erp.bodies.join()).toContain('"rate":54.900000}');
  });

  test('is there once, however often it is delivered', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    await deliver({ buyerNote: 'changed' }, {});
    expect(erp.sales).toMatchObject([{ docstatus: 1, items: ITEMS }]);
    expect(erp.documents['Address']).toHaveLength(1);
  });

  test('brings the tax as the shop has charged it, so that the totals agree', async () => {
    const lines = [aLine({ quantity: 3, unitPrice: '33.33', discount: null, tax: '13.01', lineTotal: '113.00' })];
    const totals = { items: '99.99', shipping: null, tax: '13.01', discount: null, refunded: null, grand: '113.00' };
    const { erp, deliver } = await aSink({ ERP_TAX_ACCOUNT: 'VAT - C' });
    expect(await deliver({ lines, totals })).toEqual({ erpId: 'SAL-ORD-2' });
    expect(erp.sales).toMatchObject([{ taxes: [{ account_head: 'VAT - C', tax_amount: 13.01 }] }]);
    const without = await aSink();
    await expect(without.deliver({ lines, totals })).rejects.toThrow('ERP_TAX_ACCOUNT');
  });

  test('says where the totals differ, as ERPNext rounds rates', async () => {
    const { deliver } = await aSink();
    const lines = [aLine({ quantity: 3, unitPrice: null, discount: null, lineTotal: '10.00' })];
    const totals = { items: '10.00', shipping: null, tax: null, discount: null, refunded: null, grand: '10.00' };
    expect((await deliver({ lines, totals })).note).toBe("ERPNext's total differs from the shop's by -0.01 CNY.");
  });

  test('with a discount on all of it', async () => {
    const { erp, deliver } = await aSink();
    const totals = { ...anOrder().totals, discount: '20.00', grand: '109.40' };
    expect(await deliver({ totals })).toEqual({ erpId: 'SAL-ORD-2' });
    expect(erp.sales).toMatchObject([{ discount_amount: 20, items: ITEMS, grand_total: 109.4 }]);
  });

  test('whose money is not there yet stays a draft, and is submitted later', async () => {
    const { erp, deliver } = await aSink();
    await deliver({ status: 'pending' });
    expect(erp.sales).toMatchObject([{ docstatus: 0 }]);
    await deliver({}, { status: 'pending' });
    expect(erp.sales).toMatchObject([{ docstatus: 1 }]);
  });
});

describe('a change', () => {
  test('is an amendment: the old one is cancelled, and named by the new one', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    expect(await deliver(CHANGED, {})).toEqual({ erpId: 'SAL-ORD-2-1' });
    expect(erp.sales).toMatchObject([
      { name: 'SAL-ORD-2', docstatus: 2 },
      { name: 'SAL-ORD-2-1', docstatus: 1, amended_from: 'SAL-ORD-2', grand_total: 189.7 },
    ]);
  });

  test.each(['per_delivered', 'per_billed', 'per_picked'])('is left to people once %s is above zero', async (field) => {
    const { erp, deliver } = await aSink();
    await deliver();
    Object.assign(erp.sales[0] ?? {}, { [field]: 50 });
    expect(await deliver(CHANGED, {})).toMatchObject({ conflict: ['items_removed', 'items_added'] });
    expect(erp.sales).toMatchObject([{ docstatus: 1, items: ITEMS }]);
  });

  test('to on hold stops nobody by itself: it is a conflict', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    expect(await deliver({ status: 'on_hold' }, {})).toMatchObject({ conflict: ['on_hold'] });
    expect(erp.sales).toMatchObject([{ docstatus: 1 }]);
  });
});

describe('a cancelled order', () => {
  test('is cancelled there; a draft, which cannot be, is removed', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    expect(await deliver({ status: 'cancelled' }, {})).toEqual({ erpId: 'SAL-ORD-2' });
    expect(erp.sales).toMatchObject([{ docstatus: 2 }]);
    const drafts = await aSink();
    await drafts.deliver({ status: 'pending' });
    await drafts.deliver({ status: 'cancelled' }, { status: 'pending' });
    expect(drafts.erp.sales).toEqual([]);
  });

  test('that never was there is not created', async () => {
    const { erp, deliver } = await aSink();
    expect(await deliver({ status: 'cancelled' })).toEqual({});
    expect(erp.sales).toEqual([]);
  });

  test.each([{ per_delivered: 100 }, { is_linked: true }])(
    'is a conflict where ERPNext has begun: %o',
    async (begun) => {
      const { erp, deliver } = await aSink();
      await deliver();
      Object.assign(erp.sales[0] ?? {}, begun);
      expect(await deliver({ status: 'refunded' }, {})).toMatchObject({ conflict: ['refunded'] });
      expect(erp.sales).toMatchObject([{ docstatus: 1 }]);
    },
  );

  test('is sold again when the shop reinstates it, and not when staff have cancelled it', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    await deliver({ status: 'cancelled' }, {});
    await deliver({}, { status: 'cancelled' });
    expect(erp.sales).toMatchObject([{ docstatus: 2 }, { docstatus: 1, amended_from: 'SAL-ORD-2' }]);
    Object.assign(erp.sales[1] ?? {}, { docstatus: 2 });
    expect((await deliver({}, {})).note).toContain('left so');
    expect(erp.sales).toHaveLength(2);
  });
});

describe('when an upsert dies', () => {
  test.each(['POST Address', 'POST Sales Order', 'PUT Sales Order'])(
    'after %s, the next one ends with one submitted order',
    async (step) => {
      const { sink, erp } = await aSink();
      erp.onRequest = (method, doctype) => (`${method} ${doctype}` === step ? 'cut' : undefined);
      await expect(sink.upsert(aDelivery(), aSignal())).rejects.toMatchObject({ reason: 'write_failed' });
      erp.onRequest = () => undefined;
      await sink.upsert(aDelivery({}, { uncertain: true }), aSignal());
      expect(erp.sales).toMatchObject([{ docstatus: 1, items: ITEMS }]);
      expect(erp.documents['Address']).toHaveLength(1);
    },
  );

  test.each([1, 2])('in the middle of an amendment (cut at its write %d), it is completed', async (cutAt) => {
    const { sink, erp, deliver } = await aSink();
    await deliver();
    let writes = 0;
    erp.onRequest = (method, doctype) => {
      if (method === 'GET' || doctype !== 'Sales Order') return undefined;
      writes += 1;
      return writes === cutAt ? 'cut' : undefined;
    };
    const previous = { order: anOrder(), revision: 1, erpId: 'SAL-ORD-2' };
    const delivery = aDelivery(CHANGED, { previous });
    await expect(sink.upsert(delivery, aSignal())).rejects.toMatchObject({ reason: 'write_failed' });
    erp.onRequest = () => undefined;
    await sink.upsert({ ...delivery, uncertain: true }, aSignal());
    const live = erp.sales.filter(({ docstatus }) => docstatus !== 2);
    expect(live).toMatchObject([{ docstatus: 1, grand_total: 189.7 }]);
    expect(erp.sales).toHaveLength(2);
  });

  test('two at once, of which ERPNext lets one create it, end with one order', async () => {
    const { sink, erp } = await aSink();
    erp.isNamedByReference = true;
    const looked = Promise.withResolvers<undefined>();
    let looks = 0;
    erp.onRequest = async (method, doctype) => {
      if (doctype !== 'Sales Order') return undefined;
      if (method === 'GET' && ++looks === 2) looked.resolve(undefined);
      if (method === 'POST') await looked.promise;
      return undefined;
    };
    const upserts = [sink.upsert(aDelivery(), aSignal()), sink.upsert(aDelivery(), aSignal())];
    const [lost] = (await Promise.allSettled(upserts)).filter(({ status }) => status === 'rejected');
    expect(lost).toMatchObject({ reason: { reason: 'write_failed' } });
    expect(erp.sales).toHaveLength(1);
  });

  test('several of one reference are for a person to sort out', async () => {
    const { erp, deliver } = await aSink();
    await deliver();
    erp.documents['Sales Order']?.push({ ...erp.sales[0], name: 'SAL-ORD-9' });
    await expect(deliver({}, {})).rejects.toMatchObject({ reason: 'write_rejected', message: /SAL-ORD-2, SAL-ORD-9/ });
  });
});

describe('what ERPNext refuses', () => {
  const failing = async (name: string, status: number, message = 'secret words') => {
    const { erp, deliver } = await aSink();
    erp.onRequest = (_, doctype) => {
      if (doctype === 'Sales Order') throw new FrappeError(name, status, message);
      return undefined;
    };
    return await deliver().catch((error: unknown) => error);
  };

  test('is said in its own words, without markup and without those of the buyer', async () => {
    expect(await failing('ValidationError', 417, '<b>王小明</b> has crossed the credit limit')).toMatchObject({
      reason: 'write_rejected',
      message: 'The internal system refuses this order: … has crossed the credit limit',
    });
  });

  test.each([
    ['PermissionError', 403, 'internal_system_refused_credentials'],
    ['SessionStopped', 503, 'write_failed'],
    ['RateLimitExceededError', 429, 'internal_system_unavailable'],
    ['QueryDeadlockError', 417, 'write_failed'],
    ['TimestampMismatchError', 417, 'write_failed'],
    ['OperationalError', 500, 'write_failed'],
  ])('%s is %s %s', async (name, status, reason) => {
    const error = await failing(name, status);
    expect(error).toMatchObject({ reason });
    expect(String(error)).not.toContain('secret words');
  });

  test('an item that is not there, before anything is written; or it is sold as another', async () => {
    const order = { lines: [aLine({ sku: 'NEW-1' })] };
    const { erp, deliver } = await aSink();
    await expect(deliver(order)).rejects.toMatchObject({ reason: 'write_rejected', message: /NEW-1/ });
    expect(erp.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    const lenient = await aSink({ ERP_UNKNOWN_SKU: 'CUP-01' });
    await lenient.deliver(order);
    expect(lenient.erp.sales).toMatchObject([{ items: [{ item_code: 'CUP-01' }, { item_code: 'SHIPPING' }] }]);
  });

  test('a wrong token', async () => {
    const { deliver } = await aSink({ ERP_TOKEN: 'key:another' });
    await expect(deliver()).rejects.toMatchObject({
      reason: 'internal_system_refused_credentials',
      message: /ERP_TOKEN/,
    });
  });
});

describe('check', () => {
  test('passes, and warns that the reference is not unique, leaving nothing behind', async () => {
    const { sink, erp } = await aSink();
    await sink.check?.(aSignal());
    expect(await sink.warnings?.(aSignal())).toMatchObject([expect.stringContaining('po_no')]);
    expect(erp.sales).toEqual([]);
  });

  test('has nothing to warn of where Sales Orders are named by it', async () => {
    const { sink, erp } = await aSink();
    erp.isNamedByReference = true;
    expect(await sink.warnings?.(aSignal())).toEqual([]);
    expect(erp.sales).toEqual([]);
  });

  test.each([
    ['Customer', /no Customer WEB \(ERP_CUSTOMER\)/],
    ['Item', /no Item SHIPPING.*no Item SURCHARGE/],
  ])('says which %s is missing', async (doctype, words) => {
    const { sink, erp } = await aSink();
    erp.documents[doctype] = [];
    await expect(sink.check?.(aSignal())).rejects.toThrow(words);
  });
});

test('finds all that is there of an order', async () => {
  const { sink, deliver } = await aSink();
  await deliver();
  await deliver(CHANGED, {});
  expect(await sink.find?.(aDelivery(), aSignal())).toEqual([
    { erpId: 'SAL-ORD-2', isCancelled: true, grandTotal: '129.4' },
    { erpId: 'SAL-ORD-2-1', isCancelled: false, grandTotal: '189.7' },
  ]);
});
