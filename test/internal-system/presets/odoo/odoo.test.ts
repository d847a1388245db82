import { describe, expect, test } from 'vitest';
import { aLine, anOrder } from '../../../helpers/order-builder.ts';
import { aDelivery, aSignal } from '../../endpoint/an-endpoint.ts';
import { aSink, LINES, sold } from './a-sink.ts';

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

  test('of an order whose first delivery never ended is a conflict, as nobody knows what Odoo has', async () => {
    const { odoo, deliver } = await aSink();
    await deliver();
    for (const line of odoo.linesOf(odoo.sales[0]?.id ?? 0)) line['qty_delivered'] = 1;
    expect(await deliver()).toMatchObject({ conflict: ['items_removed', 'items_added', 'address_changed'] });
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
