import { onTestFinished } from 'vitest';
import createOdoo from '../../../../src/internal-system/presets/odoo.ts';
import { anOrder, type OrderDocument } from '../../../helpers/order-builder.ts';
import { aDelivery, aSignal } from '../../endpoint/an-endpoint.ts';
import { StandInOdoo, serve } from './stand-in.ts';

const LOGIN = { ERP_DATABASE: 'company', ERP_USER: 'order-sync', ERP_PASSWORD: 'a-password' };

export async function aSink(odoo = new StandInOdoo(), env: Readonly<Record<string, string>> = LOGIN) {
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
export function sold(odoo: StandInOdoo) {
  const [sale] = odoo.sales;
  const codes = new Map(odoo.rows['product.product']?.map((product) => [product.id, product['default_code']]));
  return odoo.linesOf(sale?.id ?? 0).map((line) => {
    return [codes.get(Number(line['product_id'])), line['product_uom_qty'], line['price_unit']];
  });
}

export const LINES = [
  ['TEA-LJ-250', 2, 54.9],
  ['CUP-01', 1, 9.6],
  ['SHIPPING', 1, 10],
];
