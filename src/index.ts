/**
 * What a shop publishes with, and what an adapter is written against. Everything else is internal.
 *
 * docs/rabbitmq-class.md documents the first part, docs/adapters.md the second.
 */
export { Delivery } from './broker/delivery.ts';
export type { Rereadable, TlsOptions } from './broker/endpoint.ts';
export {
  BrokerClosedError,
  BrokerError,
  BrokerOptionsError,
  BrokerRefusedError,
  BrokerUnavailableError,
  PublishRefusedError,
  PublishUnconfirmedError,
  UnroutableError,
} from './broker/errors.ts';
export type { DeclareMode, QueueDeclaration, QueueType, RabbitMQOptions } from './broker/options.ts';
export type { Publication } from './broker/publication.ts';
export type { Blocked } from './broker/publisher.ts';
export { type ConnectionRole, type DeliveryHandler, RabbitMQ, type RabbitMQEvents } from './broker/rabbitmq.ts';
export type { ExchangeType } from './broker/routing.ts';
export { ConfigError, type Dependency, type FailureKind, type FailureReason, SyncError } from './errors.ts';
export type {
  Actor,
  AuditAction,
  AuditEntry,
  AuditStore,
  KeptDeadLetter,
  KeptFilter,
  KeptMessage,
  NewAuditEntry,
  RestorableDeadLetter,
} from './internal-system/audit-store.ts';
export type { Conflict } from './internal-system/conflicts.ts';
export type { DaemonReport, DaemonStore, SeenDaemon } from './internal-system/daemon-store.ts';
export type {
  InternalSystem,
  InternalSystemFactory,
  Snapshot,
  WriteCall,
  WriteResult,
} from './internal-system/internal-system.ts';
export type {
  EventInfo,
  LedgerFailure,
  LedgerState,
  OrderCriteria,
  OrderFilter,
  OrderRecord,
  StoredOrder,
} from './internal-system/ledger.ts';
export { compareVersions, contentHash } from './internal-system/newest-wins.ts';
export type { LastPause, Pause, PauseStore, WantedPause } from './internal-system/pause-store.ts';
export type { PrivacyStore, RememberedBecause } from './internal-system/privacy-store.ts';
export type {
  KnownOrder,
  ReconciliationStore,
  ScanKind,
  ScanRun,
  ScanState,
  StoredContent,
  TakenScan,
  VersionFacts,
} from './internal-system/reconciliation-store.ts';
export type { KeptBecause, PrunedPage, RetentionStore } from './internal-system/retention-store.ts';
export type { OrderSearch, OrdersFound, SearchKind, SearchTerm } from './internal-system/search/order-search.ts';
export type {
  DeliveredOrder,
  FoundRecord,
  OrderSink,
  OrderSinkFactory,
  SinkDelivery,
  SinkResult,
  SinkShipments,
} from './internal-system/sink/order-sink.ts';
export type { EventType } from './messages/order-event.ts';
export { parseExactJson } from './orders/exact-json.ts';
export { type Order, type OrderLine, type OrderStatus, orderSchema, parseOrder } from './orders/order.ts';
export type { Shipment, ShipmentLine } from './orders/shipment.ts';
export type { FetchesBy, FetchResult, OrderStub, ShopAdapterFactory, ShopClient } from './shop/shop-client.ts';
export { traceHeaders } from './trace-context.ts';
