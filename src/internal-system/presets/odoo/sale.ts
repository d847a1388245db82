import {
  type Conflict,
  leftAsItIs,
  money,
  notToBeShipped,
  Refusal,
  rejected,
  type SinkDelivery,
  type SinkResult,
  SyncError,
  z,
} from '../../erp/index.ts';
import type { Odoo } from './calls.ts';
import { deliveryContact } from './contact.ts';
import { lineCommands, type SoldLine, type SpecialArticles, soldLine } from './lines.ts';

export const sale = z.object({
  id: z.int(),
  name: z.string(),
  /** draft, sent, sale, cancel; until Odoo 16 also done, for a locked one */
  state: z.string(),
  amount_total: z.union([z.number(), z.string()]),
});
type Sale = z.output<typeof sale>;

/** What the sink knows of the company besides the order. */
export interface Company {
  readonly customerId: number;
  readonly articles: SpecialArticles;
}

/** Pending orders and those on hold are quotations, paid ones are confirmed. */
type Wish = 'draft' | 'confirmed' | 'cancelled';

const WISHES: Readonly<Record<SinkDelivery['order']['status'], Wish>> = {
  pending: 'draft',
  on_hold: 'draft',
  paid: 'confirmed',
  completed: 'confirmed',
  refunded: 'cancelled',
  cancelled: 'cancelled',
};

/** Whatever was left behind by an upsert that died is where this one goes on. */
export async function upsertSale(odoo: Odoo, company: Company, delivery: SinkDelivery): Promise<SinkResult> {
  const wish = WISHES[delivery.order.status];
  const found = await findSale(odoo, delivery);
  if (found === undefined) return wish === 'cancelled' ? {} : await created(odoo, company, delivery, wish);
  const lines = await odoo.find('sale.order.line', [['order_id', '=', found.id]], soldLine);
  const isBegun = lines.some((line) => line.qty_delivered !== 0 || line.qty_invoiced !== 0);
  if (wish === 'cancelled') return await cancelled(odoo, found, delivery, isBegun);
  if (found.state === 'cancel' && !isOursToReopen(delivery)) {
    return { erpId: found.name, note: 'It was cancelled in Odoo, and is left so.' };
  }
  if (isBegun || found.state === 'done') return leftAsItIs(found.name, delivery, LEFT_AS_IT_IS);
  if (found.state === 'cancel') await odoo.press('sale.order', found.id, 'action_draft');
  const isConfirmed = found.state === 'sale';
  await odoo.write('sale.order', found.id, await saleValues(odoo, company, delivery, { before: lines, isConfirmed }));
  if (isConfirmed && wish === 'draft') return notToBeShipped(found.name, delivery, DO_NOT_SHIP);
  return await settled(odoo, found.id, delivery, isConfirmed ? 'draft' : wish);
}

/** @throws SyncError if there are several: nothing says which one is right */
export async function findSale(odoo: Odoo, { key, order }: SinkDelivery): Promise<Sale | undefined> {
  const found = await odoo.find('sale.order', [['client_order_ref', '=', key]], sale);
  const live = found.filter(({ state }) => state !== 'cancel');
  if (live.length > 1) {
    const names = live.map(({ name }) => name).join(', ');
    throw rejected(`several sales orders have its reference: ${names}. Cancel all but one.`, order);
  }
  return live[0] ?? found[0];
}

async function created(odoo: Odoo, company: Company, delivery: SinkDelivery, wish: Wish): Promise<SinkResult> {
  const { key, order } = delivery;
  const [pricelist] = await odoo.find('product.pricelist', [['currency_id.name', '=', order.currency]], record);
  if (pricelist === undefined) throw rejected(`there is no price list in ${order.currency}.`, order);
  const values = await saleValues(odoo, company, delivery, { before: [], isConfirmed: false });
  const sold = {
    ...values,
    client_order_ref: key,
    pricelist_id: pricelist.id,
    partner_id: company.customerId,
    partner_invoice_id: company.customerId,
    date_order: order.placedAt.slice(0, 19).replace('T', ' '),
  };
  const [id] = await odoo.create('sale.order', sold).catch(async (error: unknown) => {
    if (!(error instanceof Refusal) || (await findSale(odoo, delivery)) === undefined) throw error;
    throw new SyncError('write_failed', 'Somebody else has created its sales order meanwhile.');
  });
  return await settled(odoo, id, delivery, wish);
}

const record = z.object({ id: z.int() });

async function saleValues(
  odoo: Odoo,
  { customerId, articles }: Company,
  delivery: SinkDelivery,
  now: { before: readonly SoldLine[]; isConfirmed: boolean },
) {
  const lines = await lineCommands(odoo, delivery.order, { ...now, articles });
  return {
    origin: delivery.order.orderNumber,
    partner_shipping_id: await deliveryContact(odoo, delivery, customerId),
    order_line: lines,
  };
}

/** Confirms it if it is to be, and reads back what Odoo made of it. */
async function settled(odoo: Odoo, id: number, { order }: SinkDelivery, wish: Wish): Promise<SinkResult> {
  if (wish === 'confirmed') await odoo.press('sale.order', id, 'action_confirm');
  const [after] = await odoo.find('sale.order', [['id', '=', id]], sale);
  if (after === undefined || (wish === 'confirmed' && after.state !== 'sale' && after.state !== 'done')) {
    throw new SyncError('write_failed', 'Odoo has not confirmed the sales order, and did not say why.');
  }
  const difference = money.minus(after.amount_total, order.totals.grand);
  if (Math.abs(Number(difference)) < SMALLEST) return { erpId: after.name };
  return { erpId: after.name, note: `Odoo's total differs from the shop's by ${difference} ${order.currency}.` };
}

/** Half a cent. */
const SMALLEST = 0.005;

async function cancelled(odoo: Odoo, found: Sale, delivery: SinkDelivery, isBegun: boolean): Promise<SinkResult> {
  if (found.state === 'cancel') return { erpId: found.name };
  if (!isBegun && found.state !== 'done') {
    await odoo.press('sale.order', found.id, 'action_cancel');
    const [after] = await odoo.find('sale.order', [['id', '=', found.id]], sale);
    if (after?.state === 'cancel') return { erpId: found.name };
  }
  const conflict: Conflict = delivery.order.status === 'refunded' ? 'refunded' : 'cancelled';
  return { erpId: found.name, conflict: [conflict], note: 'It could not be cancelled in Odoo: somebody must.' };
}

/** It is cancelled because the shop said so, or an upsert died halfway; otherwise staff have done it. */
function isOursToReopen({ previous, uncertain }: SinkDelivery): boolean {
  return uncertain || previous === undefined || WISHES[previous.order.status] === 'cancelled';
}

const LEFT_AS_IT_IS = 'It is delivered, invoiced or locked in Odoo, and left as it is.';
const DO_NOT_SHIP = 'It stays confirmed in Odoo: do not ship it.';
