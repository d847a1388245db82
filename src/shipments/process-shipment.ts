import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { orAborted, withTimeout } from '../async/deadline.ts';
import type { Delivery } from '../broker/delivery.ts';
import { Attempt } from '../delivery/attempt.ts';
import type { OutageDetector } from '../delivery/outage-detector.ts';
import type { Settled, SyncResult } from '../delivery/outcome.ts';
import type { Settler } from '../delivery/settle.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { ShipmentName, ShipmentStore, TakenShipment } from '../internal-system/shipment-store.ts';
import { orderSchema } from '../orders/order.ts';
import { parseShipment, type Shipment } from '../orders/shipment.ts';
import { shippedLinesProblem } from '../orders/shipped-lines.ts';
import type { ShipmentReport, ShippedOrder, ShopClient } from '../shop/shop-client.ts';
import { decodeShipmentEvent } from './shipment-event.ts';

/** What a shipment's delivery passes through. */
export interface ShipmentPipeline {
  readonly store: ShipmentStore;
  readonly shop: Pick<ShopClient, 'reportShipment'>;
  readonly outages: OutageDetector;
  readonly settler: Settler;
  /** Aborted when the daemon is out of time. */
  readonly signal: AbortSignal;
}

/** For all requests of one report together. */
export const REPORT_TIMEOUT_MS = 60_000;
/** Outlasts the report, and the requests that it may have left under way. */
const LEASE_MS = REPORT_TIMEOUT_MS + 30_000;
const LOOK_AGAIN_MS = 250;

/**
 * One shipment, from its event to the shop: decode → take the row, as it is now → check → report → note → settle. Whatever dies,
 * the broker delivers the event again; what was noted is not reported twice, and what was reported and not noted, the shop knows.
 */
export async function processShipment(
  delivery: Delivery,
  isCanary: boolean,
  pipeline: ShipmentPipeline,
): Promise<Settled> {
  const { settler } = pipeline;
  const attempt = new Attempt(delivery, settler.maxFailures);
  try {
    const name = decodeShipmentEvent(delivery);
    attempt.event = { reference: name.orderNumber, type: 'unspecified' };
    attempt.shipmentId = name.shipmentId;
    attempt.begin('write');
    const result = await bringToShop(name, delivery, pipeline);
    attempt.begin('settle');
    return attempt.end(await settler.succeeded(delivery, attempt, result, isCanary));
  } catch (error) {
    attempt.begin('settle');
    return attempt.end(await settler.failed(delivery, attempt, asSyncError(error), isCanary));
  }
}

async function bringToShop(name: ShipmentName, delivery: Delivery, pipeline: ShipmentPipeline): Promise<SyncResult> {
  const { store, outages } = pipeline;
  const holder = randomUUID();
  const taken = await outages.watch('internal-system', () => takeInTurn(name, holder, delivery, pipeline));
  outages.recordSuccess('internal-system');
  if (taken === undefined) return UNCHANGED;
  let mayTakeEffectYet = false;
  try {
    if (taken.content === taken.reportedContent) return UNCHANGED;
    const { shipment, order } = checked(taken);
    const { outcome, note } = await outages.watch('shop', () => report(shipment, order, pipeline));
    outages.recordSuccess('shop');
    await outages.watch('internal-system', () => store.noteReported(taken, note));
    return outcome === 'known' ? UNCHANGED : { outcome: 'synced', mayLag: false };
  } catch (error) {
    mayTakeEffectYet =
      error instanceof SyncError && (error.reason === 'shop_timeout' || error.reason === 'interrupted');
    throw error;
  } finally {
    // A lease that is not released expires.
    if (!mayTakeEffectYet) await store.release(name, holder).catch(() => undefined);
  }
}

const UNCHANGED: SyncResult = { outcome: 'unchanged', mayLag: false };

/** Another shipment of the same order may be under way, here or in another daemon. */
async function takeInTurn(
  name: ShipmentName,
  holder: string,
  delivery: Delivery,
  { store, signal }: ShipmentPipeline,
): Promise<TakenShipment | undefined> {
  for (;;) {
    const taken = await store.take(name, holder, LEASE_MS);
    if (taken !== 'taken') return taken;
    await sleep(LOOK_AGAIN_MS, undefined, { signal: AbortSignal.any([signal, delivery.gone]) }).catch(() => {
      throw new SyncError('interrupted', 'It waited for another shipment of the same order.');
    });
  }
}

/** @throws SyncError `invalid_shipment`, `order_cancelled` */
function checked(taken: TakenShipment): { shipment: Shipment; order: ShippedOrder } {
  const { entered, order, orderNumber, reportedTrackingNumber } = taken;
  if (order === undefined)
    throw new SyncError('invalid_shipment', `No order ${orderNumber} is stored here: is the number right?`);
  const parsed = parseShipment(entered);
  if ('problem' in parsed)
    throw new SyncError('invalid_shipment', `The shipment can't be reported: ${parsed.problem}.`);
  if (order.status === 'cancelled' || order.status === 'refunded')
    throw new SyncError('order_cancelled', `Order ${orderNumber} is ${order.status}: the shipment was not reported.`);
  const { shipment } = parsed;
  const problem = shippedLinesProblem(shipment, linesOf(order.document));
  if (problem !== undefined) throw new SyncError('invalid_shipment', `The shipment can't be reported: ${problem}`);
  return { shipment, order: { orderNumber, shopOrderId: order.shopOrderId, reportedTrackingNumber } };
}

const linesOfDocument = orderSchema.pick({ lines: true });

function linesOf(document: string) {
  return linesOfDocument.parse(JSON.parse(document)).lines;
}

async function report(
  shipment: Shipment,
  order: ShippedOrder,
  { shop, signal }: ShipmentPipeline,
): Promise<ShipmentReport> {
  if (shop.reportShipment === undefined) throw new TypeError('The shop was checked to have reportShipment.');
  const deadline = AbortSignal.timeout(REPORT_TIMEOUT_MS);
  try {
    const work = shop.reportShipment(shipment, order, AbortSignal.any([deadline, signal]));
    // An adapter may not heed its signal.
    return await orAborted(
      withTimeout(work, REPORT_TIMEOUT_MS + 1_000, () => neverAnswered()),
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw asSyncError(signal.reason);
    if (deadline.aborted && !(error instanceof SyncError)) return neverAnswered(error);
    throw error;
  }
}

function neverAnswered(cause?: unknown): never {
  throw new SyncError('shop_timeout', `The shop did not take the shipment within ${REPORT_TIMEOUT_MS} ms.`, { cause });
}

/** Returns to the queue what was not processed to the end. */
export function interruptShipment(delivery: Delivery, why: string, pipeline: ShipmentPipeline): Settled {
  return decodedAttempt(delivery, pipeline).end(pipeline.settler.interrupted(delivery, why));
}

/** Counts an attempt of a delivery that was being processed when the process crashed: it may be the cause. */
export async function crashShipment(delivery: Delivery, pipeline: ShipmentPipeline): Promise<Settled> {
  const error = new SyncError('crashed', 'The daemon crashed while it worked on this shipment (its log has the bug).');
  const attempt = decodedAttempt(delivery, pipeline);
  return attempt.end(await pipeline.settler.failed(delivery, attempt, error, false));
}

function decodedAttempt(delivery: Delivery, { settler }: ShipmentPipeline): Attempt {
  const attempt = new Attempt(delivery, settler.maxFailures);
  try {
    const { orderNumber, shipmentId } = decodeShipmentEvent(delivery);
    attempt.event = { reference: orderNumber, type: 'unspecified' };
    attempt.shipmentId = shipmentId;
  } catch {
    // It names none, and the log says as much.
  }
  return attempt;
}
