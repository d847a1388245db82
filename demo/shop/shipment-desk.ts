import { text } from 'node:stream/consumers';
import type { Fault, PlannedReply } from './faults.ts';
import { json } from './shop-api.ts';

/** A report of what has left the warehouse. */
export interface ReportRecord {
  readonly orderNumber: string;
  readonly shipmentId: string;
  /** As it was sent. */
  readonly body: string;
}

/** What the shop was told: docs/shop-api.md. The shipment's id decides whether it is a new one. */
export class ShipmentDesk {
  readonly taken: ReportRecord[] = [];

  /** A fault that is another reply keeps the shop from taking it; with any other, the shop has it, whatever becomes of its answer. */
  async take(
    { orderNumber, shipmentId }: Omit<ReportRecord, 'body'>,
    request: AsyncIterable<Uint8Array>,
    fault: Fault | undefined,
  ): Promise<PlannedReply> {
    const body = await text(request);
    const before = this.taken.findLast(
      (report) => report.orderNumber === orderNumber && report.shipmentId === shipmentId,
    );
    if (fault?.kind !== 'reply') this.taken.push({ orderNumber, shipmentId, body });
    return json(200, { outcome: before === undefined ? 'reported' : before.body === body ? 'known' : 'corrected' });
  }
}
