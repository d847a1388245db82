import type { CommonConfig, InternalSystemConfig, ShopConfig } from '../../config/load-config.ts';
import { checkAgainstEvent } from '../../delivery/check-order.ts';
import { asSyncError, type SyncError } from '../../errors.ts';
import type { InternalSystem, OrderRecord } from '../../internal-system/internal-system.ts';
import { compareVersions } from '../../internal-system/newest-wins.ts';
import { ORDER_STATUSES } from '../../orders/order.ts';
import { createShop } from '../../shop/create-shop.ts';
import { type FetchedOrder, OrderFetcher } from '../../shop/order-fetcher.ts';
import { cannotAnswer, withInternalSystem } from '../connect/with-internal-system.ts';
import { type Difference, differences } from './differences.ts';

type Config = CommonConfig & { readonly shop: ShopConfig; readonly internalSystem: InternalSystemConfig };

/** What a resync of an order would do. */
export type Preview =
  | {
      readonly reference: string;
      /** `stale`: the internal system holds something newer, and keeps it. */
      readonly would: 'insert' | 'update' | 'unchanged' | 'stale';
      readonly orderNumber: string;
      /** Empty for an order that the internal system does not have. */
      readonly differences: readonly Difference[];
    }
  | { readonly reference: string; readonly would: 'fail'; readonly error: SyncError };

/** A shop adapter of the user's own has no SHOP_CONCURRENCY. */
const ADAPTER_CONCURRENCY = 4;

/**
 * Fetches the orders as the daemon would, and compares them with what the internal system holds. Writes nothing.
 *
 * @throws ConfigError, SyncError when shop or internal system can't be used at all
 */
export async function previewResync(config: Config, references: readonly string[]): Promise<Preview[]> {
  const shop = await createShop(config.shop, config.env);
  const concurrency = 'rest' in config.shop ? config.shop.rest.concurrency : ADAPTER_CONCURRENCY;
  const fetcher = new OrderFetcher(shop, concurrency);
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
    return { reference, would: 'fail', error: asSyncError(error) };
  }
}

function compare(
  record: OrderRecord | undefined,
  { order, fetchedAt }: FetchedOrder,
): { would: 'insert' | 'update' | 'unchanged' | 'stale'; differences: readonly Difference[] } {
  if (record?.stored == null) return { would: 'insert', differences: [] };
  const { document, updatedAt, status } = record.stored;
  const found = differences(document, order);
  if (found.length === 0) return { would: 'unchanged', differences: found };
  const stored = {
    updatedAt,
    // As the write sees it: a status that staff wrote by hand counts as the earliest.
    status: ORDER_STATUSES.find((known) => known === status) ?? 'pending',
    fetchedAt: record.fetchedAt ?? '',
  };
  const isOlder = compareVersions({ ...order, fetchedAt: fetchedAt.toISOString() }, stored) < 0;
  return { would: isOlder ? 'stale' : 'update', differences: found };
}
