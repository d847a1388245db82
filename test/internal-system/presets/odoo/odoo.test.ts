import { describe, expect, onTestFinished, test } from 'vitest';
import createOdoo from '../../../../src/internal-system/presets/odoo.ts';
import { aLine, anOrder, type OrderDocument } from '../../../helpers/order-builder.ts';
import { aDelivery, aSignal } from '../../endpoint/an-endpoint.ts';
import { OdooError, StandInOdoo, serve } from './stand-in.ts';

const LOGIN = { ERP_DATABASE: 'company', ERP_USER: 'order-sync', ERP_PASSWORD: 'a-password' };

async function aSink(odoo = new StandInOdoo(), env: Readonly<Record<string, string>> = LOGIN) {
  const url = await serve(odoo);
  const sink = await createOdoo({ shop: 'shop', env: { ERP_URL: url, ...env } });
  onTestFinished(() => sink.close?.());
  /** What is delivered next, with what was delivered last. */
  const deliver = async (order: Partial<OrderDocument> = {}, before?: Partial<OrderDocument>) => {
    const previous = before === undefined ? undefined : { order: anOrder(before), revision: 1, erpId: null };
    return await sink.upsert(aDelivery(order, { previous }), aSignal());
  };
  return { sink, odoo, deliver };
}

/** Product → quantity and price, as they stand in the only sales order. */
function sold(odoo: StandInOdoo) {
  const [sale] = odoo.sales;
  const codes = new Map(odoo.rows['product.product']?.map((product) => [product.id, product['default_code']]));
  return odoo.linesOf(sale?.id ?? 0).map((line) => {
    return [codes.get(Number(line['product_id'])), line['product_uom_qty'], line['price_unit']];
  });
}

const LINES = [
  ['TEA-LJ-250', 2, 54.9],
  ['CUP-01', 1, 9.6],
  ['SHIPPING', 1, 10],
];

describe('a paid order', () => {
  test('becomes a confirmed sales order with its articles, and a contact for its parcel', async () => {
    const { odoo, deliver } = await aSink();
    const result = await deliver();
    expect(odoo.sales).toMatchObject([
      {
        state: 'sale',
        client_order_ref: 'shop/id-20261122000123456789',
        origin: '20261122000123456789',
        amount_total: 129.4,
      },
    ]);
    expect(result).toEqual({ erpId: odoo.sales[0]?.['name'] });
    expect(sold(odoo)).toEqual(LINES);
    const contact = odoo.rows['res.partner']?.find(({ id }) => id === odoo.sales[0]?.['partner_shipping_id']);
    expect(contact).toMatchObject({ name: '王小明', type: 'delivery', parent_id: 7, city: '杭州市', country_id: 48 });
  });

  test('sends amounts with exactly their digits, never a float', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    expect(odoo.bodies.join()).toContain('"price_unit":54.900000,');
  });

  test('is there once, however often it is delivered', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    await deliver({}, {});
    expect(odoo.sales).toHaveLength(1);
    expect(sold(odoo)).toEqual(LINES);
    expect(odoo.rows['res.partner']).toHaveLength(2);
  });

  test('lets Odoo tax what the shop has taxed, and says where the totals differ', async () => {
    const { odoo, deliver } = await aSink();
    const lines = [aLine({ quantity: 1, unitPrice: '100.00', discount: null, tax: '13.01', lineTotal: '113.01' })];
    const totals = { items: '100.00', shipping: null, tax: '13.01', discount: null, refunded: null, grand: '113.01' };
    const { note } = await deliver({ lines, totals });
    expect(odoo.sales).toMatchObject([{ amount_total: 113 }]);
    expect(note).toBe("Odoo's total differs from the shop's by -0.01 CNY.");
  });

  test('whose money is not there yet stays a quotation, and is confirmed later', async () => {
    const { odoo, deliver } = await aSink();
    await deliver({ status: 'pending' });
    expect(odoo.sales).toMatchObject([{ state: 'draft' }]);
    await deliver({}, { status: 'pending' });
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
  });
});

describe('a change', () => {
  const changed = {
    lines: [aLine({ quantity: 3, discount: null, lineTotal: '179.70' })],
    totals: { ...anOrder().totals, items: '179.70', grand: '189.70' },
  };

  test('keeps the lines that Odoo wants to keep, and sets what is gone to nothing', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    await deliver(changed, {});
    expect(sold(odoo)).toEqual([
      ['TEA-LJ-250', 3, 59.9],
      ['CUP-01', 0, 9.6],
      ['SHIPPING', 1, 10],
    ]);
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
  });

  test.each(['qty_delivered', 'qty_invoiced'])('is left to people once something has %s', async (field) => {
    const { odoo, deliver } = await aSink();
    await deliver();
    Object.assign(odoo.linesOf(odoo.sales[0]?.id ?? 0)[0] ?? {}, { [field]: 1 });
    const { conflict, note } = await deliver(changed, {});
    expect(conflict).toEqual(['items_removed', 'items_added']);
    expect(note).toContain('left as it is');
    expect(sold(odoo)).toEqual(LINES);
  });

  test('to on hold stops nobody by itself: it is a conflict', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    expect(await deliver({ status: 'on_hold' }, {})).toMatchObject({ conflict: ['on_hold'] });
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
  });
});

describe('a cancelled order', () => {
  test('is cancelled there', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    expect(await deliver({ status: 'cancelled' }, {})).toEqual({ erpId: odoo.sales[0]?.['name'] });
    expect(odoo.sales).toMatchObject([{ state: 'cancel' }]);
  });

  test('that never was there is not created', async () => {
    const { odoo, deliver } = await aSink();
    expect(await deliver({ status: 'cancelled' })).toEqual({});
    expect(odoo.sales).toEqual([]);
  });

  test('is a conflict once something is delivered', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    Object.assign(odoo.linesOf(odoo.sales[0]?.id ?? 0)[0] ?? {}, { qty_delivered: 1 });
    expect(await deliver({ status: 'cancelled' }, {})).toMatchObject({ conflict: ['cancelled'] });
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
  });

  test('is reopened when the shop reinstates it, and not when staff have cancelled it', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    await deliver({ status: 'cancelled' }, {});
    await deliver({}, { status: 'cancelled' });
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
    Object.assign(odoo.sales[0] ?? {}, { state: 'cancel' });
    expect((await deliver({}, {})).note).toContain('left so');
    expect(odoo.sales).toMatchObject([{ state: 'cancel' }]);
  });
});

describe('when an upsert dies', () => {
  const steps = ['create res.partner', 'create sale.order', 'action_confirm sale.order'];

  test.each(steps)('after %s, the next one ends with one confirmed order', async (step) => {
    const { sink, odoo } = await aSink();
    odoo.onCall = (model, method) => (`${method} ${model}` === step ? 'cut' : undefined);
    const delivery = aDelivery();
    await expect(sink.upsert(delivery, aSignal())).rejects.toMatchObject({ reason: 'write_failed' });
    odoo.onCall = () => undefined;
    await sink.upsert({ ...delivery, uncertain: true }, aSignal());
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
    expect(odoo.rows['res.partner']).toHaveLength(2);
    expect(sold(odoo)).toEqual(LINES);
  });

  test.each(['write sale.order', 'action_cancel sale.order', 'action_draft sale.order'])(
    'after %s, the next one ends in what the shop says',
    async (step) => {
      const { sink, odoo, deliver } = await aSink();
      await deliver();
      if (step.startsWith('action_draft')) await deliver({ status: 'cancelled' }, {});
      odoo.onCall = (model, method) => (`${method} ${model}` === step ? 'cut' : undefined);
      const status = step.startsWith('action_cancel') ? 'cancelled' : 'paid';
      const delivery = aDelivery({ status, buyerNote: 'changed' });
      await expect(sink.upsert(delivery, aSignal())).rejects.toMatchObject({ reason: 'write_failed' });
      odoo.onCall = () => undefined;
      await sink.upsert({ ...delivery, uncertain: true }, aSignal());
      expect(odoo.sales).toMatchObject([{ state: status === 'paid' ? 'sale' : 'cancel' }]);
    },
  );

  test('in a cancellation that the shop takes back meanwhile, the next one reopens it', async () => {
    const { sink, odoo, deliver } = await aSink();
    await deliver();
    odoo.onCall = (_, method) => (method === 'action_cancel' ? 'cut' : undefined);
    const previous = { order: anOrder(), revision: 1, erpId: null };
    const cancelling = sink.upsert(aDelivery({ status: 'cancelled' }, { previous }), aSignal());
    await expect(cancelling).rejects.toMatchObject({ reason: 'write_failed' });
    await sink.upsert(aDelivery({}, { previous, uncertain: true }), aSignal());
    expect(odoo.sales).toMatchObject([{ state: 'sale' }]);
  });

  test('two at once, of which Odoo lets one create it, end with one order', async () => {
    const { sink, odoo } = await aSink();
    odoo.isUnique = true;
    const created = Promise.withResolvers<undefined>();
    let searches = 0;
    odoo.onCall = async (model, method) => {
      // Neither creates it before both have looked; the second one looks again only when the first has created it.
      if (model !== 'sale.order') return undefined;
      if (method === 'search_read' && ++searches === 2) created.resolve(undefined);
      if (method === 'create') await created.promise;
      return undefined;
    };
    const upserts = [sink.upsert(aDelivery(), aSignal()), sink.upsert(aDelivery(), aSignal())];
    const [lost] = (await Promise.allSettled(upserts)).filter(({ status }) => status === 'rejected');
    expect(lost).toMatchObject({ reason: { reason: 'write_failed' } });
    expect(odoo.sales).toHaveLength(1);
  });

  test('several orders of one reference are for a person to sort out', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    odoo.rows['sale.order']?.push(...odoo.sales.map((sale) => ({ ...sale, id: 5000, name: 'S5000' })));
    await expect(deliver({}, {})).rejects.toMatchObject({ reason: 'write_rejected', message: /S\d+, S5000/ });
  });
});

describe('what Odoo refuses', () => {
  const failing = async (name: string, message = '') => {
    const { odoo, deliver } = await aSink();
    odoo.onCall = (model) => {
      if (model === 'sale.order') throw new OdooError(name, message);
      return undefined;
    };
    return await deliver().catch((error: unknown) => error);
  };

  test('is said in its own words, without those of the buyer', async () => {
    expect(await failing('odoo.exceptions.ValidationError', '王小明 is blocked for sales')).toMatchObject({
      reason: 'write_rejected',
      message: 'The internal system refuses this order: … is blocked for sales',
    });
  });

  test.each([
    ['odoo.exceptions.AccessError', 'internal_system_unavailable'],
    ['odoo.exceptions.AccessDenied', 'internal_system_unavailable'],
    ['psycopg2.errors.SerializationFailure', 'write_failed'],
  ])('%s is %s', async (name, reason) => {
    const error = await failing(name, 'secret words');
    expect(error).toMatchObject({ reason });
    expect(String(error)).not.toContain('secret words');
  });

  test('an article that is not there, before anything is written', async () => {
    const { odoo, deliver } = await aSink();
    const upsert = deliver({ lines: [aLine({ sku: 'NEW-1' })] });
    await expect(upsert).rejects.toMatchObject({ reason: 'write_rejected', message: expect.stringContaining('NEW-1') });
    expect(odoo.calls.filter((call) => call.endsWith('.create'))).toEqual([]);
  });

  test('a currency without a price list', async () => {
    const { deliver } = await aSink();
    await expect(deliver({ currency: 'USD' })).rejects.toThrow('there is no price list in USD');
  });

  test('a wrong password, and takes the right one as soon as Odoo does', async () => {
    const { odoo, deliver } = await aSink();
    odoo.password = 'another';
    await expect(deliver()).rejects.toMatchObject({ reason: 'internal_system_unavailable', message: /ERP_PASSWORD/ });
    odoo.password = 'a-password';
    await deliver();
  });
});

describe('check', () => {
  test('passes, and warns that the reference is not unique, leaving nothing behind', async () => {
    const { sink, odoo } = await aSink();
    await sink.check?.(aSignal());
    expect(await sink.warnings?.(aSignal())).toMatchObject([expect.stringContaining('client_order_ref')]);
    expect(odoo.sales).toEqual([]);
  });

  test('has nothing to warn of where Odoo keeps it unique', async () => {
    const { sink, odoo } = await aSink();
    odoo.isUnique = true;
    expect(await sink.warnings?.(aSignal())).toEqual([]);
    expect(odoo.sales).toEqual([]);
  });

  test.each([
    ['product.product', /SHIPPING.*ERP_SHIPPING_SKU/],
    ['res.partner', /ERP_CUSTOMER/],
  ])('says what is missing in %s', async (model, words) => {
    const { sink, odoo } = await aSink();
    odoo.rows[model] = [];
    await expect(sink.check?.(aSignal())).rejects.toThrow(words);
  });
});

describe('over JSON-2', () => {
  test('it is the same', async () => {
    const { sink, odoo, deliver } = await aSink(new StandInOdoo(), {
      ERP_TOKEN: 'an-api-key',
      ERP_DATABASE: 'company',
    });
    await sink.check?.(aSignal());
    await deliver();
    expect(odoo.sales).toMatchObject([{ state: 'sale', amount_total: 129.4 }]);
    expect(sold(odoo)).toEqual(LINES);
    expect(await sink.find?.(aDelivery(), aSignal())).toMatchObject([{ isCancelled: false, grandTotal: '129.4' }]);
    odoo.onCall = (model) => {
      if (model === 'sale.order') throw new OdooError('odoo.exceptions.UserError', 'This order is locked.');
      return undefined;
    };
    await expect(deliver({}, {})).rejects.toMatchObject({ reason: 'write_rejected', message: /This order is locked/ });
  });

  test('it refuses a wrong key', async () => {
    const { deliver } = await aSink(new StandInOdoo(), { ERP_TOKEN: 'another-key' });
    await expect(deliver()).rejects.toMatchObject({ reason: 'internal_system_unavailable', message: /ERP_TOKEN/ });
  });
});
