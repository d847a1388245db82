import { randomUUID } from 'node:crypto';
import { orAborted } from '../../async/deadline.ts';
import { Deadline, exactlyUntil } from '../../async/exact-deadline.ts';
import { asSyncError, ConfigError, SyncError } from '../../errors.ts';
import { boundedCall } from '../bounded-call.ts';
import type { DeliverCall, DeliveryResult, Notify, OrderDelivery, Snapshot } from '../internal-system.ts';
import { type Lease, type Receipt, SqlDeliveries } from '../sql/deliveries.ts';
import type { Follower } from '../sql/followers.ts';
import type { SqlDatabase } from '../sql/sql-database.ts';
import { SqlInternalSystem } from '../sql/sql-internal-system.ts';
import type { OrderSink, SinkDelivery } from './order-sink.ts';
import { readResult } from './sink-result.ts';

const TIMEOUT_MS = 30_000;
const SETTLE_MS = 30_000;
/** Login, probes, checks: a person or a start waits for them. */
const OPEN_TIMEOUT_MS = 30_000;

/**
 * An internal system made of two: a database that keeps the ledger, and the company's ERP, which gets every order from there. The
 * ledger decides what is newest, remembers what the ERP has, and lets one delivery of an order happen at a time.
 */
export class LedgeredSink extends SqlInternalSystem {
  readonly delivery: SinkDeliveries;
  /** Where the ERP knows what left the warehouse. */
  readonly listShipments?: NonNullable<OrderSink['listShipments']>;
  readonly #sink: OrderSink;

  /**
   * @param notify hears of settings of the ERP that will do harm one day
   * @param followers write along when an order is stored, before the ERP has it
   */
  constructor(
    database: SqlDatabase,
    shop: string,
    sink: OrderSink,
    notify: Notify,
    followers: readonly Follower[] = [],
  ) {
    super(database, shop, { followers, isLedger: true });
    this.#sink = sink;
    if (sink.listShipments !== undefined) this.listShipments = sink.listShipments.bind(sink);
    this.delivery = new SinkDeliveries(new SqlDeliveries(database, shop), shop, sink, notify);
  }

  override async check(): Promise<void> {
    await super.check();
    await within(OPEN_TIMEOUT_MS, async (signal) => this.#sink.check?.(signal));
  }

  override async close(): Promise<void> {
    await Promise.allSettled([super.close(), this.#sink.close?.()]);
  }
}

/** Lease → upsert → delivered. Killed anywhere in between, the next delivery knows that this one began. */
class SinkDeliveries implements OrderDelivery {
  readonly maxDeliveries: number;
  readonly timeoutMs: number;
  readonly leaseMs: number;
  readonly #ledger: SqlDeliveries;
  readonly #shop: string;
  readonly #sink: OrderSink;
  readonly #settleMs: number;
  readonly #notify: Notify;

  constructor(ledger: SqlDeliveries, shop: string, sink: OrderSink, notify: Notify) {
    const { maxUpserts = 1, timeoutMs = TIMEOUT_MS, settleMs = SETTLE_MS } = sink;
    this.#ledger = ledger;
    this.#shop = shop;
    this.#sink = sink;
    this.#settleMs = settleMs;
    this.#notify = notify;
    this.maxDeliveries = maxUpserts;
    this.timeoutMs = timeoutMs;
    this.leaseMs = timeoutMs + settleMs;
  }

  async open(signal: AbortSignal): Promise<void> {
    await within(OPEN_TIMEOUT_MS, async (inTime) => this.#sink.open?.(AbortSignal.any([signal, inTime])));
    const warnings = await within(OPEN_TIMEOUT_MS, async (inTime) => this.#sink.warnings?.(inTime)).catch(() => []);
    for (const warning of warnings ?? []) this.#notify('warn', warning);
  }

  async deliver(snapshot: Snapshot, call: DeliverCall): Promise<DeliveryResult> {
    // Counts from before the lease, so that what is sent in time has settled when the lease runs out.
    const deadline = new Deadline(this.timeoutMs);
    const taken = await this.#ledger.take(snapshot, randomUUID(), this.leaseMs, call.again);
    if (taken.outcome !== 'taken') return taken;
    const { lease } = taken;
    if (deadline.remainingMs <= 0 || call.abandoned.aborted) {
      await this.#ledger.failed(lease, lease.uncertain, 0);
      throw new SyncError('interrupted', 'There was no time left to deliver the order to the ERP.');
    }
    const receipt = await this.#upsert(lease, deadline, call).catch(async (error: unknown) => {
      const failure = asSyncError(error, 'write_failed');
      // If that fails as well, the lease runs out by itself.
      await this.#failed(lease, failure).catch(() => undefined);
      throw failure;
    });
    if (receipt === undefined) {
      await this.#ledger.failed(lease, lease.uncertain, 0);
      return { outcome: 'unchanged' };
    }
    await this.#ledger.delivered(lease, receipt);
    return { outcome: 'delivered', conflicts: receipt.conflicts };
  }

  /** @returns undefined if the order was to be delivered again, and somebody has removed it from the ERP */
  async #upsert(lease: Lease, deadline: Deadline, call: DeliverCall): Promise<Receipt | undefined> {
    const { again, abandoned, onOverdue } = call;
    const delivery = deliveryOf(lease, this.#shop);
    const upsert = async (signal: AbortSignal) => {
      const exact = exactlyUntil(deadline, signal, () => late(this.timeoutMs));
      if (again && (await this.#sink.find?.(delivery, exact))?.length === 0) return undefined;
      return readResult(await this.#sink.upsert(delivery, exact));
    };
    return await boundedCall(upsert, { timeoutMs: deadline.remainingMs, abandoned, onOverdue });
  }

  /** After a clear answer the order may be delivered again at once; else a request may still be running in the ERP. */
  async #failed(lease: Lease, { reason, isOver }: SyncError): Promise<void> {
    const isAttempted = lease.uncertain || reason !== 'write_rejected';
    await this.#ledger.failed(lease, isAttempted, isOver ? 0 : this.#settleMs);
  }
}

function deliveryOf({ order, revision, previous, uncertain }: Lease, shop: string): SinkDelivery {
  return { key: `${shop}/${order.shopOrderId}`, shop, order, revision, previous, uncertain };
}

function late(ms: number): SyncError {
  return new SyncError('write_failed', `The ERP did not answer within ${ms} ms.`);
}

/** @throws ConfigError; SyncError, `internal_system_unavailable` when the time is up */
async function within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(ms);
  try {
    return await orAborted(work(signal), signal);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (!signal.aborted) throw asSyncError(error, 'internal_system_unavailable');
    throw new SyncError('internal_system_unavailable', `The ERP did not answer within ${ms} ms.`);
  }
}
