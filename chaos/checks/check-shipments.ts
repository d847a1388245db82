import { z } from 'zod';
import type { ReportRecord } from '../../demo/shop/shipment-desk.ts';
import type { Violation } from './violation.ts';

/** A row of `order_shipments` in the end, and what staff have entered in it. */
export interface ShipmentRow {
  readonly orderNumber: string;
  readonly shipmentId: string;
  /** Each correction gave it another. Oldest first. */
  readonly trackingNumbers: readonly string[];
  /** Undefined if the row is gone. */
  readonly state: string | undefined;
}

/** Each shipment is in the shop as it was entered last, and never went back to an earlier content there. */
export function checkShipments(rows: readonly ShipmentRow[], taken: readonly ReportRecord[]): Violation[] {
  const reports = Map.groupBy(taken, nameOf);
  const known = new Set(rows.map(nameOf));
  return [
    ...rows.flatMap((row) => checkShipment(row, reports.get(nameOf(row)) ?? [])),
    ...[...reports.keys()]
      .filter((name) => !known.has(name))
      .map((name): Violation => ({ invariant: 'I5', message: `the shop was told of ${name}, which nobody entered` })),
  ];
}

function nameOf({ orderNumber, shipmentId }: Omit<ReportRecord, 'body'>): string {
  return `shipment ${shipmentId} of order ${orderNumber}`;
}

const report = z.object({ orderNumber: z.string(), shipmentId: z.string(), trackingNumber: z.string() });

function checkShipment(row: ShipmentRow, taken: readonly ReportRecord[]): Violation[] {
  const name = nameOf(row);
  const { trackingNumbers, state } = row;
  const bodies = taken.map(({ body }) => report.parse(JSON.parse(body)));
  const path = bodies.map(({ trackingNumber }) => trackingNumbers.indexOf(trackingNumber));
  const found: Violation[] = [];
  if (state !== 'reported') found.push({ invariant: 'I1', message: `${name} is ${state ?? 'gone'} in the end` });
  if (path.at(-1) !== trackingNumbers.length - 1)
    found.push({ invariant: 'I1', message: `the shop does not have ${name} as it was entered last` });
  if (path.some((content, index) => content < (path[index - 1] ?? content)))
    found.push({ invariant: 'I3', message: `${name} went back in the shop: contents ${path.join(' → ')}` });
  const isAnother = bodies.some((body) => body.orderNumber !== row.orderNumber || body.shipmentId !== row.shipmentId);
  const contents = new Set(taken.map(({ body }) => body));
  if (isAnother || path.includes(-1) || contents.size !== new Set(path).size)
    found.push({ invariant: 'I5', message: `the shop was told something of ${name} that nobody entered` });
  return found;
}
