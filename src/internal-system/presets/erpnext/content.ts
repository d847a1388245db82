import { exactNumber, money, type NetPart, netParts, type Order, rejected, z } from '../../erp/index.ts';
import type { Frappe } from './calls.ts';

/** What the sink knows of the company besides the order. */
export interface Company {
  /** Undefined: the default of the token's user. */
  readonly name: string | undefined;
  readonly customer: string;
  readonly warehouse: string | undefined;
  /** The account of the tax that the shop has charged; without one, orders with tax are refused. */
  readonly taxAccount: string | undefined;
  readonly items: { readonly shipping: string; readonly surcharge: string; readonly unknown: string | undefined };
}

/** What is sold, and for how much: a submitted Sales Order must be amended if any of it changes. */
export interface Content {
  readonly items: readonly { readonly item_code: string; readonly qty: number; readonly rate: string }[];
  readonly discount: string;
  readonly tax: string;
}

/** Rates without tax, and the tax as the shop has charged it, so that ERPNext computes nothing anew. */
export async function contentOf(frappe: Frappe, order: Order, { items, taxAccount }: Company): Promise<Content> {
  const parts = netParts(order);
  const sold = parts.filter(({ kind }) => kind !== 'discount');
  const wanted = sold.map((part) =>
    part.kind === 'item' ? part.line?.sku?.trim() || items.unknown : items[extra(part)],
  );
  const lacking = await frappe.lacking('Item', [...new Set(wanted.filter((code) => code !== undefined))]);
  const tax = money.sum(order.totals.tax);
  if (Number(tax) !== 0 && taxAccount === undefined) {
    throw rejected('it has tax, and ERP_TAX_ACCOUNT does not name the account for it.', order);
  }
  return {
    items: sold.map((part, index) => {
      const code = wanted[index];
      const known = code === undefined || lacking.includes(code) ? items.unknown : code;
      if (known === undefined) throw rejected(code ? `there is no Item ${code}.` : 'a line has no SKU.', order);
      return { item_code: known, qty: part.quantity, rate: part.unitPrice.toFixed(RATE_DIGITS) };
    }),
    discount: money.negate(money.sum(...parts.filter(({ kind }) => kind === 'discount').map((part) => part.unitPrice))),
    tax,
  };
}

/** ERPNext rounds to what it is set to. */
const RATE_DIGITS = 6;

function extra({ kind }: NetPart): 'shipping' | 'surcharge' {
  return kind === 'shipping' ? kind : 'surcharge';
}

/** As the fields of a Sales Order. Pricing rules would change what the buyer has paid. */
export function contentFields({ items, discount, tax }: Content, company: Company): Readonly<Record<string, unknown>> {
  const taxes = {
    charge_type: 'Actual',
    account_head: company.taxAccount,
    description: 'Tax',
    tax_amount: exactNumber(tax),
  };
  return {
    ignore_pricing_rule: 1,
    items: items.map((item) => ({ ...item, rate: exactNumber(item.rate), ...warehouseOf(company) })),
    apply_discount_on: 'Net Total',
    discount_amount: exactNumber(discount),
    taxes: Number(tax) === 0 ? [] : [taxes],
  };
}

function warehouseOf({ warehouse }: Company) {
  return warehouse === undefined ? {} : { warehouse };
}

const amount = z.union([z.number(), z.string()]);

export const soldContent = z.object({
  items: z.array(z.object({ item_code: z.string(), qty: z.number(), rate: amount })),
  discount_amount: amount.nullish(),
  total_taxes_and_charges: amount.nullish(),
});

/** Whether a Sales Order sells this already, as far as ERPNext keeps the digits. */
export function sells(sold: z.output<typeof soldContent>, content: Content): boolean {
  const isSame = (found: string | number | null | undefined, wanted: string) =>
    Math.abs(Number(found ?? 0) - Number(wanted)) <= ROUNDING;
  return (
    sold.items.length === content.items.length &&
    sold.items.every(({ item_code: code, qty, rate }, index) => {
      const wanted = content.items[index];
      return wanted !== undefined && wanted.item_code === code && wanted.qty === qty && isSame(rate, wanted.rate);
    }) &&
    isSame(sold.discount_amount, content.discount) &&
    isSame(sold.total_taxes_and_charges, content.tax)
  );
}

const ROUNDING = 0.005;
