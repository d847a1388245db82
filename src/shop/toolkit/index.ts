/**
 * The toolkit that shop adapters are built with, and our own presets as well: `import { defineShop } from 'order-sync/shop'`.
 *
 * docs/adapters.md shows how.
 */
export { z } from 'zod';
export { cachedFor } from '../../async/cached-for.ts';
export { at } from '../../client/at.ts';
export type { HttpLimits, Reply } from '../../client/json-http.ts';
export { type ApiRequest as ShopRequest, type Pair, path, type Query } from '../../client/request.ts';
export type { Settings } from '../../client/settings.ts';
export { ConfigError, type FailureReason, SyncError } from '../../errors.ts';
export * as money from '../../orders/amounts.ts';
export type { Order, OrderStatus } from '../../orders/order.ts';
export * as time from '../../orders/times.ts';
export type { Secret } from '../../settings/secret.ts';
export type { FetchesBy, FetchResult, OrderStub, ShopAdapterFactory, ShopClient } from '../shop-client.ts';
export { type Address, type AddressParts, address, addressOf, buyerOf, fullName } from './address.ts';
export * as auth from './auth-kinds.ts';
export { allNodes, pageByTime } from './connections.ts';
export type { BudgetStatus } from './cost-budget.ts';
export { defineShop } from './define-shop.ts';
export { Fields } from './fields.ts';
export * as lists from './lists.ts';
export * as parts from './part-kinds.ts';
export type {
  LineInShop,
  Note,
  OrderInShop,
  Parcel,
  ParcelInShop,
  ShipmentsDefinition,
  ShippedLine,
} from './shipments/definition.ts';
export type { ApiOptions, ShopRequests } from './shop-api.ts';
export type { ShopDefinition } from './shop-definition.ts';
export { type OrderFacts, statusOf } from './status.ts';
