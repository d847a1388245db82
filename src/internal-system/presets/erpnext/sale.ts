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
import { shippingAddress } from './address.ts';
import type { Frappe } from './calls.ts';
import { type Company, type Content, contentFields, contentOf, sells, soldContent } from './content.ts';

const percent = z.number().nullish();
const sale = z.object({
  name: z.string(),
  /** 0 draft, 1 submitted, 2 cancelled */
  docstatus: z.int(),
  status: z.string().nullish(),
  per_delivered: percent,
  per_billed: percent,
  per_picked: percent,
  grand_total: z.union([z.number(), z.string()]),
});
type Sale = z.output<typeof sale>;

/** Pending orders and those on hold are drafts, paid ones are submitted. */
type Wish = 'draft' | 'submitted' | 'cancelled';

const WISHES: Readonly<Record<SinkDelivery['order']['status'], Wish>> = {
  pending: 'draft',
  on_hold: 'draft',
  paid: 'submitted',
  completed: 'submitted',
  refunded: 'cancelled',
  cancelled: 'cancelled',
};

const SALES = 'Sales Order';

/** All that have the order's reference, the cancelled ones too. */
export function findSales(frappe: Frappe, { key }: SinkDelivery): Promise<Sale[]> {
  return frappe.list(SALES, [['po_no', '=', key]], sale);
}

/** Whatever was left behind by an upsert that died is where this one goes on. */
export async function upsertSale(frappe: Frappe, company: Company, delivery: SinkDelivery): Promise<SinkResult> {
  const wish = WISHES[delivery.order.status];
  const all = await findSales(frappe, delivery);
  const found = onlyLive(all, delivery) ?? all.at(-1);
  if (wish === 'cancelled') return found === undefined ? {} : await cancelled(frappe, found, delivery);
  if (found?.docstatus === 2 && !isOursToReopen(delivery)) {
    return { erpId: found.name, note: 'It was cancelled in ERPNext, and is left so.' };
  }
  const content = await contentOf(frappe, delivery.order, company);
  if (found?.docstatus === 1) return await amended(frappe, company, delivery, { found, content, wish });
  const fields = await draftFields(frappe, company, delivery, content);
  if (found?.docstatus === 0) {
    await frappe.update(SALES, found.name, fields);
    return await settled(frappe, found.name, delivery, wish);
  }
  return await settled(frappe, await created(frappe, delivery, fields, found), delivery, wish);
}

function onlyLive(all: readonly Sale[], { order }: SinkDelivery): Sale | undefined {
  const live = all.filter(({ docstatus }) => docstatus !== 2);
  if (live.length < 2) return live[0];
  const names = live.map(({ name }) => name).join(', ');
  throw rejected(`several Sales Orders have its reference: ${names}. Cancel all but one.`, order);
}

async function draftFields(frappe: Frappe, company: Company, delivery: SinkDelivery, content: Content) {
  const { key, order } = delivery;
  const address = await shippingAddress(frappe, delivery, company.customer);
  const date = order.placedAt.slice(0, 10);
  return {
    ...contentFields(content, company),
    po_no: key,
    customer: company.customer,
    currency: order.currency,
    transaction_date: date,
    delivery_date: date,
    ...(company.name === undefined ? {} : { company: company.name }),
    ...(address === undefined ? {} : { shipping_address_name: address }),
  };
}

/** @param before the cancelled one that it takes the place of */
async function created(
  frappe: Frappe,
  delivery: SinkDelivery,
  fields: object,
  before: Sale | undefined,
): Promise<string> {
  const document = before === undefined ? { ...fields } : { ...fields, amended_from: before.name };
  return await frappe.create(SALES, document).catch(async (error: unknown) => {
    const isThere =
      error instanceof Refusal && (await findSales(frappe, delivery)).some(({ docstatus }) => docstatus !== 2);
    if (!isThere) throw error;
    throw new SyncError('write_failed', 'Somebody else has created its Sales Order meanwhile.');
  });
}

/** Submits it if it is to be, and reads back what ERPNext made of it. */
async function settled(frappe: Frappe, name: string, { order }: SinkDelivery, wish: Wish): Promise<SinkResult> {
  if (wish === 'submitted') await frappe.update(SALES, name, { docstatus: 1 });
  const after = await frappe.read(SALES, name, sale);
  if (wish === 'submitted' && after.docstatus !== 1) {
    throw new SyncError('write_failed', 'ERPNext has not submitted the Sales Order, and did not say why.');
  }
  const difference = money.minus(after.grand_total, order.totals.grand);
  if (Math.abs(Number(difference)) < SMALLEST) return { erpId: name };
  return { erpId: name, note: `ERPNext's total differs from the shop's by ${difference} ${order.currency}.` };
}

/** Half a cent. */
const SMALLEST = 0.005;

interface Submitted {
  readonly found: Sale;
  readonly content: Content;
  readonly wish: Wish;
}

/** A submitted document keeps what it sells: it is cancelled, and another one takes its place. */
async function amended(
  frappe: Frappe,
  company: Company,
  delivery: SinkDelivery,
  submitted: Submitted,
): Promise<SinkResult> {
  const { found, content, wish } = submitted;
  if (wish === 'draft') return notToBeShipped(found.name, delivery, DO_NOT_SHIP);
  if (isBegun(found)) return leftAsItIs(found.name, delivery, LEFT_AS_IT_IS);
  const fields = await draftFields(frappe, company, delivery, content);
  if (sells(await frappe.read(SALES, found.name, soldContent), content)) {
    return await settled(frappe, found.name, delivery, 'draft');
  }
  await frappe.update(SALES, found.name, { docstatus: 2 });
  return await settled(frappe, await created(frappe, delivery, fields, found), delivery, wish);
}

function isBegun({ status, per_delivered: delivered, per_billed: billed, per_picked: picked }: Sale): boolean {
  return status === 'Closed' || [delivered, billed, picked].some((part) => (part ?? 0) > 0);
}

/** A draft can't be cancelled; it is removed. */
async function cancelled(frappe: Frappe, found: Sale, { order }: SinkDelivery): Promise<SinkResult> {
  if (found.docstatus === 2) return { erpId: found.name };
  if (found.docstatus === 0) {
    await frappe.remove(SALES, found.name);
    return { erpId: found.name, note: 'It was still a draft in ERPNext, and was removed.' };
  }
  const conflict: Conflict = order.status === 'refunded' ? 'refunded' : 'cancelled';
  const left = {
    erpId: found.name,
    conflict: [conflict],
    note: 'It could not be cancelled in ERPNext: somebody must.',
  };
  if (isBegun(found)) return left;
  try {
    await frappe.update(SALES, found.name, { docstatus: 2 });
  } catch (error) {
    // A delivery note, a pick list or an invoice stands in the way.
    if (error instanceof Refusal) return left;
    throw error;
  }
  return { erpId: found.name };
}

/** It is cancelled because the shop said so, or an upsert died halfway; otherwise staff have done it. */
function isOursToReopen({ previous, uncertain }: SinkDelivery): boolean {
  return uncertain || previous === undefined || WISHES[previous.order.status] === 'cancelled';
}

const LEFT_AS_IT_IS = 'It is picked, delivered, billed or closed in ERPNext, and left as it is.';
const DO_NOT_SHIP = 'It stays submitted in ERPNext: do not ship it.';
