import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import type { OrderRecord } from '../../../internal-system/ledger.ts';
import { shownRecord } from '../../../internal-system/shown-record.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../../orders/order-reference.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import type { FoundOrder, OrderAnswer } from '../messages.ts';
import { orderDetails } from './order-details.ts';

/** So many people ask the internal system at a time; it has the orders to write. */
const MAX_ASKING = 4;

interface Sources {
  readonly internalSystem: InternalSystem;
  readonly ackedAt: (order: string) => string | null;
  readonly publish: (orderNumber: string) => Promise<void>;
}

/** Answers "where is this order?" */
export class OrdersApi {
  readonly #sources: Sources;
  #asking = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws Refused; SyncError when the internal system does not answer */
  async find(reference: string, role: Role): Promise<OrderAnswer> {
    refuseOther(reference);
    const { internalSystem } = this.#sources;
    if (internalSystem.findOrders === undefined)
      throw new Refused(501, 'The INTERNAL_SYSTEM module has no findOrders().');
    if (this.#asking >= MAX_ASKING) throw new Refused(503, 'Too many people ask at this moment; ask again.');
    this.#asking += 1;
    try {
      const records = await internalSystem.findOrders(reference);
      return { reference, records: records.map((record) => this.#found(record, role)) };
    } finally {
      this.#asking -= 1;
    }
  }

  /** Has the daemon fetch it from the shop. @throws Refused, or whatever publishing does */
  async resync(reference: string): Promise<void> {
    refuseOther(reference);
    await this.#sources.publish(reference);
  }

  #found(record: OrderRecord, role: Role): FoundOrder {
    const { reference, orderNumber, stored } = record;
    const { ackedAt } = this.#sources;
    return {
      ...shownRecord(record),
      ackedAt: (orderNumber === null ? null : ackedAt(orderNumber)) ?? ackedAt(reference),
      details: stored === null ? null : orderDetails(stored.document, role),
    };
  }
}

function refuseOther(reference: string): void {
  if (!isOrderReference(reference)) throw new Refused(400, `An order number has ${ORDER_REFERENCE_RULE}.`);
}
