import { z } from 'zod';
import type { ShipmentRow } from '../checks/check-shipments.ts';
import type { Scene } from './scene.ts';

const numberRow = z.object({ order_number: z.string() });
const stateRow = numberRow.extend({ shipment_id: z.string(), state: z.string() });

type Entered = Omit<ShipmentRow, 'state' | 'trackingNumbers'> & { readonly trackingNumbers: string[] };

/** The warehouse's staff: enters and corrects shipments of stored orders in plain SQL, and remembers what it entered. */
export class Staff {
  readonly #scene: Scene;
  readonly #entered: Entered[] = [];

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** Two parcels of each of this many new orders, if there are so many; and now and then another tracking number for an old one. */
  async work(orders: number): Promise<void> {
    const { database, random } = this.#scene;
    const shipped = new Set(this.#entered.map(({ orderNumber }) => orderNumber));
    const rows = z.array(numberRow).parse(await database.run('SELECT order_number FROM orders ORDER BY order_number'));
    const waiting = rows.map((row) => row.order_number).filter((orderNumber) => !shipped.has(orderNumber));
    for (const orderNumber of waiting.slice(0, orders)) {
      for (const shipmentId of ['P-1', 'P-2']) await this.#enter(orderNumber, shipmentId);
      if (random.chance(0.5)) await this.#correct(random.pick(this.#entered));
    }
  }

  /** What became of each row. */
  async rows(): Promise<ShipmentRow[]> {
    const found = await this.#scene.database.run('SELECT order_number, shipment_id, state FROM order_shipments');
    const states = new Map(
      z
        .array(stateRow)
        .parse(found)
        .map((row) => [`${row.order_number}/${row.shipment_id}`, row.state]),
    );
    return this.#entered.map((row) => ({ ...row, state: states.get(`${row.orderNumber}/${row.shipmentId}`) }));
  }

  async areAllReported(): Promise<boolean> {
    const [row] = await this.#scene.database.run(
      "SELECT count(*) AS n FROM order_shipments WHERE state <> 'reported' OR pending = TRUE",
    );
    return Number(row?.['n']) === 0;
  }

  async #enter(orderNumber: string, shipmentId: string): Promise<void> {
    const trackingNumber = `${orderNumber}-${shipmentId}-1`;
    await this.#scene.database.run(
      `INSERT INTO order_shipments (shop, order_number, shipment_id, carrier, tracking_number)
       VALUES ('shop', '${orderNumber}', '${shipmentId}', 'SF', '${trackingNumber}')`,
    );
    this.#entered.push({ orderNumber, shipmentId, trackingNumbers: [trackingNumber] });
  }

  async #correct({ orderNumber, shipmentId, trackingNumbers }: Entered): Promise<void> {
    const trackingNumber = `${orderNumber}-${shipmentId}-${trackingNumbers.length + 1}`;
    await this.#scene.database.run(
      `UPDATE order_shipments SET tracking_number = '${trackingNumber}'
        WHERE order_number = '${orderNumber}' AND shipment_id = '${shipmentId}'`,
    );
    trackingNumbers.push(trackingNumber);
  }
}
