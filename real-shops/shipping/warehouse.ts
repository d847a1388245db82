import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const SETTLE_SECONDS = 90;
const BUSY_MS = 10_000;

export interface Entered {
  readonly shipmentId: string;
  readonly trackingNumber: string;
  /** SKU → how many; everything by default. */
  readonly pieces?: Readonly<Record<string, number>>;
}

const row = z.object({ state: z.string(), error: z.string().nullable(), tracking_number: z.string() });
export type Outcome = z.output<typeof row>;

/** Staff who enter in the internal system what they have shipped. */
export class Warehouse {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** Once the order is here. @returns its number */
  async orderNumber(shopOrderId: string): Promise<string> {
    for (let second = 0; second < SETTLE_SECONDS; second += 1) {
      const found = this.#ask('SELECT order_number FROM orders WHERE shop_order_id = ?', shopOrderId);
      const known = z.object({ order_number: z.string() }).safeParse(found);
      if (known.success) return known.data.order_number;
      await pause(1_000);
    }
    throw new Error(`Order ${shopOrderId} did not arrive.`);
  }

  enter(orderNumber: string, { shipmentId, trackingNumber, pieces }: Entered): void {
    const items = pieces && JSON.stringify(Object.entries(pieces).map(([sku, quantity]) => ({ sku, quantity })));
    const sql = `INSERT INTO order_shipments (shop, order_number, shipment_id, carrier, tracking_number, items)
      VALUES ('shop', ?, ?, 'DHL', ?, ?)
      ON CONFLICT (shop, order_number, shipment_id) DO UPDATE SET tracking_number = excluded.tracking_number`;
    this.#ask(sql, orderNumber, shipmentId, trackingNumber, items ?? null);
  }

  /** As after a crash between report and note: nothing is known of the report. */
  forget(orderNumber: string, shipmentId: string): void {
    const sql = `UPDATE order_shipments SET state = 'new', sent_content = NULL, reported_content = NULL, reported_at = NULL
      WHERE order_number = ? AND shipment_id = ?`;
    this.#ask(sql, orderNumber, shipmentId);
  }

  /** What became of it; its last state if it takes too long. */
  async outcome(orderNumber: string, shipmentId: string): Promise<Outcome> {
    for (let tries = 0; ; tries += 1) {
      const found = row.parse(this.shipment(orderNumber, shipmentId));
      if (!['new', 'sent'].includes(found.state) || tries === SETTLE_SECONDS * 2) return found;
      await pause(500);
    }
  }

  shipment(orderNumber: string, shipmentId: string): unknown {
    const sql = `SELECT CASE WHEN pending THEN 'new' ELSE state END AS state, error, tracking_number
      FROM order_shipments WHERE order_number = ? AND shipment_id = ?`;
    return this.#ask(sql, orderNumber, shipmentId);
  }

  #ask(sql: string, ...values: (string | null)[]): unknown {
    const database = new DatabaseSync(this.#file, { timeout: BUSY_MS });
    try {
      return database.prepare(sql).get(...values);
    } finally {
      database.close();
    }
  }
}
