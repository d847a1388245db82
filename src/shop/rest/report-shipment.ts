import { z } from 'zod';
import * as client from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import { SyncError } from '../../errors.ts';
import type { Shipment } from '../../orders/shipment.ts';
import { notFoundPage, SHOP } from '../http/failures.ts';
import type { ShipmentReport, ShippedOrder } from '../shop-client.ts';

/** What the shop is sent: docs/shop-api.md. */
export function shipmentBody({ lines, ...shipment }: Shipment, { orderNumber, shopOrderId }: ShippedOrder) {
  const { shipmentId, carrier, trackingNumber, trackingUrl, shippedAt } = shipment;
  return { shipmentId, orderNumber, shopOrderId, carrier, trackingNumber, trackingUrl, shippedAt, lines };
}

const answerSchema = z.object({
  outcome: z.enum(['reported', 'corrected', 'known']).default('reported'),
  note: z.string().max(500).optional(),
});

/** A shop that has this shipment already answers as it did the first time. @throws SyncError when it did not take it */
export function readReport(reply: Reply, url: URL, { orderNumber }: ShippedOrder): ShipmentReport {
  const { statusCode, json } = reply;
  if (statusCode >= 200 && statusCode < 300) return answerSchema.safeParse(json ?? {}).data ?? { outcome: 'reported' };
  if (client.isNotFound(reply)) {
    throw client.isWebPage(reply)
      ? notFoundPage(reply, orderNumber)
      : new SyncError('order_not_found', `The shop has no order ${orderNumber}: it answered HTTP ${statusCode}.`);
  }
  const code = problemSchema.safeParse(json).data?.code;
  if (code === 'order_cancelled') {
    throw new SyncError(
      'order_cancelled',
      `The shop's order ${orderNumber} is cancelled: the shipment was not reported.`,
    );
  }
  if (REFUSALS.includes(statusCode)) {
    const shown = code === undefined ? '' : `, ${code}`;
    throw new SyncError('shipment_refused', `The shop refused the shipment (HTTP ${statusCode}${shown}).`);
  }
  throw client.statusError({ ...SHOP, right: 'report shipments', address: 'SHOP_SHIPMENT_PATH' }, reply, url);
}

const REFUSALS = [400, 409, 422];
/** A word: a sentence may hold anything. */
const problemSchema = z.object({ code: z.string().regex(/^[\w.-]{1,60}$/) });
