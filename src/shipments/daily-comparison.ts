import type { Logger } from 'pino';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ShipmentStore } from '../internal-system/shipment-store.ts';
import type { Turn } from '../internal-system/turn.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { compareShipments } from './compare.ts';

const EVERY_MS = 24 * 3_600_000;

export interface DailyComparisonParts {
  readonly shop: Pick<ShopClient, 'listShipments'>;
  readonly system: Pick<InternalSystem, 'findOrders'>;
  readonly store: ShipmentStore;
  /** The daemon whose turn it is compares. */
  readonly turn: Turn;
  /** While shop or internal system are down. */
  readonly isPaused: () => boolean;
  readonly stopping: AbortSignal;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/** Looks once a day, among all daemons, whether the shop has what was reported to it. */
export class DailyComparison {
  readonly #parts: DailyComparisonParts;

  constructor(parts: DailyComparisonParts) {
    this.#parts = parts;
  }

  /** Does nothing unless a day has passed since the last one began. @throws SyncError when shop or internal system fails */
  async compareIfDue(): Promise<void> {
    const { shop, system, store, turn, isPaused, stopping, logger } = this.#parts;
    const state = await turn.take();
    if (state === undefined || isPaused()) return;
    const now = Date.now();
    if (state.begunAt !== null && now - Date.parse(state.begunAt) < EVERY_MS) return;
    // At most once a day, even if it fails half-way each time.
    if (!(await turn.save({ begunAt: new Date(now).toISOString() }))) return;
    const { compared, missing } = await compareShipments(shop, system, store, stopping);
    const fields = { compared, missing: missing.length, orders: missing.slice(0, 20).map((name) => name.orderNumber) };
    if (missing.length === 0) logger.info(fields, 'shipments compared: the shop has all of them');
    else logger.warn(fields, `shipments compared: ${missing.length} were not in the shop, and are reported again`);
  }
}
