import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';

const orderRow = z.object({
  order_number: z.string(),
  shop_order_id: z.string(),
  status: z.string(),
  currency: z.string(),
  grand_total: z.string(),
  items_total: z.string(),
  shipping_total: z.string(),
  tax_total: z.string(),
  discount_total: z.string(),
  refunded_total: z.string(),
  updated_at: z.string(),
  cancelled_at: z.string().nullable(),
  totals_mismatch: z.number(),
  document: z.string(),
});

const lineRow = z.object({
  order_number: z.string(),
  line_no: z.number(),
  sku: z.string(),
  name: z.string(),
  quantity: z.string(),
  unit_price: z.string(),
  discount: z.string(),
  tax: z.string(),
  line_total: z.string(),
});

const ledgerRow = z.object({
  reference: z.string(),
  state: z.string(),
  last_error: z.string().nullable(),
  synced_at: z.string().nullable(),
});

export type OrderRow = z.output<typeof orderRow>;
export type LineRow = z.output<typeof lineRow>;
export type LedgerRow = z.output<typeof ledgerRow>;

/** Everything the internal system holds, as anyone with a database connection sees it. */
export interface StoredState {
  readonly orders: readonly OrderRow[];
  readonly lines: readonly LineRow[];
  readonly ledger: readonly LedgerRow[];
}

/** @param path of the SQLite file */
export function readStoredState(path: string): StoredState {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const rows = (table: string) => database.prepare(`SELECT * FROM ${table}`).all();
    return {
      orders: z.array(orderRow).parse(rows('orders')),
      lines: z.array(lineRow).parse(rows('order_lines ORDER BY order_number, line_no')),
      ledger: z.array(ledgerRow).parse(rows('order_ledger')),
    };
  } finally {
    database.close();
  }
}
