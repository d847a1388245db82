import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Attempt } from '../delivery/attempt.ts';
import { Blockage } from '../delivery/blockage.ts';
import type { Failure } from '../delivery/failure.ts';
import { FreshDeliveries } from '../delivery/fresh-deliveries.ts';
import { Intake } from '../delivery/intake.ts';
import { OutageDetector } from '../delivery/outage-detector.ts';
import { Settler } from '../delivery/settle.ts';
import { traced } from '../delivery/traced-delivery.ts';
import type { SyncError } from '../errors.ts';
import { type Conflict, NO_CONFLICTS } from '../internal-system/conflicts.ts';
import { ledgerError } from '../internal-system/ledger.ts';
import type { ShipmentFailure, ShipmentStore } from '../internal-system/shipment-store.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { crashShipment, interruptShipment, processShipment, type ShipmentPipeline } from './process-shipment.ts';

/** A shop takes several requests for each. */
export const SHIPMENT_PREFETCH = 8;
/** How long a report that got through shows that the shop takes them. */
const RECENT_MS = 60_000;

export interface ShipmentParts {
  readonly rabbit: RabbitMQ;
  readonly shop: ShopClient;
  readonly store: ShipmentStore;
  readonly retryDelaysMs: readonly number[];
  /** Whether the shop shows a known order right now; undefined: there is none. */
  readonly shopWorks: () => Promise<boolean | undefined>;
  readonly internalSystemWorks: () => Promise<boolean | undefined>;
}

export interface WiredShipments {
  readonly intake: Intake;
  readonly blockage: Blockage;
}

/** The way of a shipment, wired together from the same parts as that of an order. */
export function wireShipments(parts: ShipmentParts): WiredShipments {
  const { rabbit, shop, store, retryDelaysMs } = parts;
  const stopped = new AbortController();
  let reportedAt = Number.NEGATIVE_INFINITY;
  const outages = new OutageDetector({
    // That it shows orders does not mean that it takes shipments: the token may not be allowed to write.
    shop: async () => {
      const works = await parts.shopWorks();
      if (works === false) return false;
      return performance.now() - reportedAt < RECENT_MS ? true : undefined;
    },
    'internal-system': parts.internalSystemWorks,
  });
  const blockage = new Blockage(SHIPMENT_PREFETCH);
  const record = (attempt: Attempt, failure: Failure) => recordFailure(store, attempt, failure);
  const settler = new Settler({ rabbit, record, outages, blockage, retryDelaysMs });
  const pipeline: ShipmentPipeline = { store, shop, outages, settler, signal: stopped.signal };
  const intake = new Intake({
    deliveries: new FreshDeliveries(rabbit, (delivery) => settler.renew(delivery)),
    process: traced(rabbit.queue, (delivery, isCanary) => processShipment(delivery, isCanary, pipeline)),
    interrupt: (delivery, why) => interruptShipment(delivery, why, pipeline),
    // A report under way had better end: nobody would know whether the shop took it.
    cancelFetches: () => undefined,
    cancelWrites: () => undefined,
    abandon: (error) => stopped.abort(error),
    crash: (delivery) => crashShipment(delivery, pipeline),
  });
  intake.on('settled', ({ facts: { outcome } }) => {
    if (outcome === 'synced' || outcome === 'unchanged') reportedAt = performance.now();
  });
  return { intake, blockage };
}

/** In its row. @throws SyncError */
async function recordFailure(
  store: ShipmentStore,
  { event, shipmentId }: Attempt,
  { error, delayMs }: Failure,
): Promise<readonly Conflict[]> {
  if (event === undefined || shipmentId === undefined) return NO_CONFLICTS;
  const name = { orderNumber: event.reference, shipmentId };
  const failure = { state: stateAfter(error, delayMs), error: ledgerError(error) };
  const conflict = await store.noteFailed(name, failure);
  return conflict === undefined ? NO_CONFLICTS : [conflict];
}

function stateAfter({ reason }: SyncError, delayMs: number | undefined): ShipmentFailure['state'] {
  if (delayMs !== undefined) return 'sent';
  return reason === 'order_cancelled' ? 'conflict' : 'failed';
}
