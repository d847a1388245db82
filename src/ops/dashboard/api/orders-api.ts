import type { ForgottenOrder } from '../../../ack-memory/forgotten-order.ts';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import { matchOf, type OrderRecord } from '../../../internal-system/ledger.ts';
import { meantOrders } from '../../../internal-system/meant-order.ts';
import { nextAttemptAt } from '../../../internal-system/next-attempt.ts';
import { pendingCancellation } from '../../../internal-system/pending-cancellation.ts';
import { shownRecord } from '../../../internal-system/shown-record.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../../orders/order-reference.ts';
import { type Recorded, recordShipment } from '../../../shipments/record-shipment.ts';
import type { ShopClient } from '../../../shop/shop-client.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import type { FoundOrder, OrderAnswer } from '../messages.ts';
import { orderDetails } from './order-details.ts';

/** Lookups in the internal system at once: it has orders to write. */
const MAX_LOOKUPS = 4;

interface Sources {
  readonly internalSystem: InternalSystem;
  readonly ackedAt: (order: string) => string | null;
  /** What the database has forgotten of it. @param isKnown it knows the order by this name */
  readonly forgotten: (reference: string, isKnown: boolean) => ForgottenOrder | null;
  readonly fetchesBy: ShopClient['fetchesBy'];
  readonly retryDelaysMs: readonly number[];
  /** Whether shipments are reported. Otherwise they are not looked up. */
  readonly reportsShipments: boolean;
  readonly publish: (reference: string) => Promise<void>;
}

/** Answers "where is this order?" */
export class OrdersApi {
  readonly #sources: Sources;
  #lookups = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws Refused; SyncError when the internal system does not answer */
  async find(reference: string, role: Role): Promise<OrderAnswer> {
    refuseUnlessReference(reference);
    const { internalSystem } = this.#sources;
    if (internalSystem.findOrders === undefined)
      throw new Refused(501, 'The INTERNAL_SYSTEM module has no findOrders().');
    if (this.#lookups >= MAX_LOOKUPS) throw new Refused(503, 'Too many lookups at this moment; try again.');
    this.#lookups += 1;
    try {
      const records = await internalSystem.findOrders(reference);
      const found = records.map((record) => this.#found(record, records, reference, role));
      const forgotten = this.#sources.forgotten(reference, records.length > 0);
      return { reference, records: await Promise.all(found), forgotten };
    } finally {
      this.#lookups -= 1;
    }
  }

  /** Makes the daemon fetch the order from the shop again. @throws Refused, and whatever publishing throws */
  async resync(reference: string): Promise<void> {
    refuseUnlessReference(reference);
    await this.#sources.publish(await this.#nameToAsk(reference));
  }

  /** Where the shop can be asked by its ids alone, the number of one order may be the id of another. */
  async #nameToAsk(reference: string): Promise<string> {
    const { internalSystem, fetchesBy } = this.#sources;
    if (fetchesBy !== 'shopOrderId') return reference;
    const [meant] = meantOrders((await internalSystem.findOrders?.(reference)) ?? [], reference);
    return meant?.shopOrderId ?? reference;
  }

  /** Records what left the warehouse. @throws Refused, and whatever the internal system throws */
  async ship(entered: unknown): Promise<Extract<Recorded, { outcome: unknown }>> {
    const recorded = await recordShipment(entered, this.#sources.internalSystem);
    if ('problem' in recorded) throw new Refused(422, recorded.problem);
    return recorded;
  }

  async #found(record: OrderRecord, records: readonly OrderRecord[], name: string, role: Role): Promise<FoundOrder> {
    const { reference, orderNumber, stored } = record;
    const { ackedAt, internalSystem, reportsShipments, retryDelaysMs } = this.#sources;
    const shipments =
      reportsShipments && stored && orderNumber ? await internalSystem.shipments?.ofOrder(orderNumber) : undefined;
    return {
      ...shownRecord(record),
      match: matchOf(record, name),
      ackedAt: (orderNumber === null ? null : ackedAt(orderNumber)) ?? ackedAt(reference),
      nextAttemptAt: nextAttemptAt(record, retryDelaysMs),
      pendingCancellation: pendingCancellation(record, records) ?? null,
      shipments: shipments || [],
      details: stored === null ? null : orderDetails(stored.document, role),
    };
  }
}

function refuseUnlessReference(reference: string): void {
  if (!isOrderReference(reference)) throw new Refused(400, `An order number has ${ORDER_REFERENCE_RULE}.`);
}
