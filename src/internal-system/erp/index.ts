/**
 * The toolkit that order sinks are built with, and our own presets as well: `import { defineSink } from 'order-sync/erp'`.
 *
 * docs/internal-systems.md shows how.
 */
export { z } from 'zod';
export { cachedFor } from '../../async/cached-for.ts';
export { at } from '../../client/at.ts';
export * as auth from '../../client/auth-kinds.ts';
export type { HttpLimits, Reply } from '../../client/json-http.ts';
export { type ApiRequest, type Pair, path, type Query } from '../../client/request.ts';
export type { Settings } from '../../client/settings.ts';
export { ConfigError, type FailureReason, SyncError } from '../../errors.ts';
export * as money from '../../orders/amounts.ts';
export type { Order, OrderLine, OrderStatus } from '../../orders/order.ts';
export * as time from '../../orders/times.ts';
export { withoutPersonal } from '../../orders/without-personal.ts';
export type { Secret } from '../../settings/secret.ts';
export type { Conflict } from '../conflicts.ts';
export type { FoundRecord, OrderSink, OrderSinkFactory, SinkDelivery, SinkResult } from '../sink/order-sink.ts';
export { changesOf } from './changes.ts';
export { defineSink, type SinkDefinition } from './define-sink.ts';
export type { CallOptions, ErpApiOptions, ErpRequests, RequestOptions } from './erp-api.ts';
export { exactNumber } from './exact-number.ts';
export { rejected } from './failures.ts';
export { rpcProblem } from './json-rpc.ts';
export { conflictsWith, leftAsItIs, notToBeShipped } from './left-to-people.ts';
export { type NetPart, netParts } from './net-parts.ts';
export { Refusal } from './refusal.ts';
