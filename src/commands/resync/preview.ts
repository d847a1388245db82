import type { CommonConfig, InternalSystemConfig, ShopConfig } from '../../config/load-config.ts';
import { checkAgainstEvent } from '../../delivery/check-order.ts';
import type { Outcome } from '../../delivery/outcome.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { OrderRecord } from '../../internal-system/ledger.ts';
import { compareVersions } from '../../internal-system/newest-wins.ts';
import { ORDER_STATUSES } from '../../orders/order.ts';
import { createShop } from '../../shop/create-shop.ts';
import { type FetchedOrder, OrderFetcher } from '../../shop/order-fetcher.ts';
import { cannotAnswer, withInternalSystem } from '../connect/with-internal-system.ts';
import { type Difference, differences } from './differences.ts';

type Config = CommonConfig & { readonly shop: ShopConfig; readonly internalSystem: InternalSystemConfig };

/** What a resync of an order would do. */
export type Preview = ComparedPreview | FailedPreview;

export interface ComparedPreview extends Comparison {
  readonly reference: string;
  readonly orderNumber: string;
}

/** How the order in the shop compares with the one in the internal system. */
interface Comparison {
  /** The outcome that a delivery would have now. */
  readonly outcome: Extract<Outcome, 'synced' | 'unchanged' | 'stale'>;
  /** True if the internal system does not have this order yet. */
  readonly isNew: boolean;
  /** Empty for a new order. */
  readonly differences: readonly Difference[];
}

/** The order could not be compared. Its delivery may be retried, so its outcome is not known. */
export interface FailedPreview {
  readonly reference: string;
  readonly outcome: null;
  readonly error: SyncError;
}

/** SHOP_CONCURRENCY does not apply to a shop adapter of the user's own. */
const ADAPTER_CONCURRENCY = 4;

/**
 * Fetches the orders like the daemon, and compares them with those in the internal system. Writes nothing.
 *
 * @throws ConfigError, SyncError if the shop or the internal system can't be used at all
 */
export async function previewResync(config: Config, references: readonly string[]): Promise<Preview[]> {
  const shop = await createShop(config.shop, config.env);
  const concurrency = 'rest' in config.shop ? config.shop.rest.concurrency : ADAPTER_CONCURRENCY;
  const fetcher = new OrderFetcher(shop, { concurrency });
  try {
    return await withInternalSystem(config, async (system) => {
      if (system.findOrders === undefined) throw cannotAnswer('findOrders', config);
      return await Promise.all(references.map((reference) => preview(reference, fetcher, system)));
    });
  } finally {
    await shop.close?.();
  }
}

async function preview(reference: string, fetcher: OrderFetcher, system: InternalSystem): Promise<Preview> {
  try {
    const fetched = await fetcher.fetch(reference);
    const { orderNumber } = fetched.order;
    checkAgainstEvent(fetched.order, { reference, type: 'updated' });
    const records = (await system.findOrders?.(orderNumber)) ?? [];
    const record = records.find((candidate) => candidate.stored !== null && candidate.orderNumber === orderNumber);
    return { reference, orderNumber, ...compare(record, fetched) };
  } catch (error) {
    return { reference, outcome: null, error: asSyncError(error) };
  }
}

function compare(record: OrderRecord | undefined, { order, fetchedAt }: FetchedOrder): Comparison {
  if (record?.stored == null) return { outcome: 'synced', isNew: true, differences: [] };
  const { document, updatedAt, status } = record.stored;
  const found = differences(document, order);
  if (found.length === 0) return { outcome: 'unchanged', isNew: false, differences: found };
  const stored = {
    updatedAt,
    // Like the write: a status that staff set by hand counts as the earliest.
    status: ORDER_STATUSES.find((known) => known === status) ?? 'pending',
    fetchedAt: record.fetchedAt ?? '',
  };
  const isOlder = compareVersions({ ...order, fetchedAt: fetchedAt.toISOString() }, stored) < 0;
  return { outcome: isOlder ? 'stale' : 'synced', isNew: false, differences: found };
}
