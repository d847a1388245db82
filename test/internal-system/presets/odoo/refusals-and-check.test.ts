import { describe, expect, test } from 'vitest';
import { aLine } from '../../../helpers/order-builder.ts';
import { aDelivery, aSignal } from '../../endpoint/an-endpoint.ts';
import { aSink, LINES, sold } from './a-sink.ts';
import { OdooError, StandInOdoo } from './stand-in.ts';

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
    ['odoo.exceptions.AccessError', 'internal_system_refused_credentials'],
    ['odoo.exceptions.AccessDenied', 'internal_system_refused_credentials'],
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
    await expect(deliver()).rejects.toMatchObject({
      reason: 'internal_system_refused_credentials',
      message: /ERP_PASSWORD/,
    });
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
    await expect(deliver()).rejects.toMatchObject({
      reason: 'internal_system_refused_credentials',
      message: /ERP_TOKEN/,
    });
  });
});
