import { Counter, Histogram, Registry } from '@prometheus-io/client';
import type { DeliveryFacts, Outcome } from '../delivery/outcome.ts';
import { FAILURE_REASONS } from '../errors.ts';
import { CONFLICTS } from '../internal-system/conflicts.ts';
import { SCAN_KINDS } from '../internal-system/reconciliation-store.ts';
import { ORDER_STATUSES } from '../orders/order.ts';
import type { ReportSummary } from '../reconcile/report.ts';
import { type BesideState, registerBeside } from './beside-metrics.ts';
import { processMetrics } from './process-metrics.ts';
import { type DaemonState, registerStateGauges } from './state-gauges.ts';

/** The metrics for Prometheus. Every label has a closed set of values, so the number of series is bounded. */
export interface Metrics {
  /** Counts a settled delivery and records its times. */
  observe(facts: DeliveryFacts): void;
  /** Counts a settled shipment. */
  observeShipment(facts: DeliveryFacts): void;
  /** Counts the orders of a reconciliation scan. */
  observeScan(summary: ReportSummary): void;
  readonly contentType: string;
  /** The exposition text: the metrics of the daemon and of its process. */
  render(): Promise<string>;
}

const WAIT_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
const WORK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ATTEMPTS = [1, 2, 3, 4, 5, 10];
/** The reason of a delivery that did not fail. */
const NO_REASON = 'none';

export function createMetrics(state: DaemonState, beside: BesideState = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const deliveries = deliveryCounter(registers);
  const orders = orderCounter(registers);
  const conflicted = conflictCounter(registers);
  const seconds = (name: string, help: string, buckets: number[]) => new Histogram({ name, help, buckets, registers });
  const queue = seconds('order_sync_queue_seconds', 'Time from publishing an event to its delivery.', WAIT_SECONDS);
  const fetch = seconds('order_sync_fetch_seconds', 'Time to fetch a snapshot from the shop.', WORK_SECONDS);
  const write = seconds('order_sync_write_seconds', 'Time to write a snapshot to the internal system.', WORK_SECONDS);
  const deliver = seconds(
    'order_sync_deliver_seconds',
    'Time to deliver an order from the ledger to the ERP.',
    WORK_SECONDS,
  );
  const total = seconds(
    'order_sync_total_seconds',
    'Time from the delivery of an event to its settlement.',
    WORK_SECONDS,
  );
  const publishToCommit = seconds(
    'order_sync_publish_to_commit_seconds',
    'Time from publishing an event to the commit of its order, failed attempts and waits included.',
    WAIT_SECONDS,
  );
  const attempts = new Histogram({
    name: 'order_sync_attempts',
    help: 'Attempts that an event took until it succeeded or was dead-lettered.',
    buckets: ATTEMPTS,
    registers,
  });
  const reconciled = reconciliationCounter(registers);
  registerStateGauges(state, registers);
  const observeShipment = registerBeside(beside, registers);

  return {
    observeShipment,
    observe({ outcome, reason, conflicts, status, attempt, queueMs, fetchMs, writeMs, deliverMs, totalMs }) {
      deliveries.inc({ outcome, reason: reason ?? NO_REASON });
      if (outcome === 'synced' && status !== null) orders.inc({ status });
      for (const conflict of conflicts ?? []) conflicted.inc({ conflict });
      if (outcome === 'synced' && queueMs !== null) observeMs(publishToCommit, queueMs + totalMs);
      if (isFinal(outcome)) attempts.observe(attempt);
      observeMs(queue, queueMs);
      observeMs(fetch, fetchMs);
      observeMs(write, writeMs);
      observeMs(deliver, deliverMs);
      observeMs(total, totalMs);
    },
    observeScan(summary) {
      for (const result of COMPARISON_RESULTS) reconciled.inc({ scan: summary.scan, result }, summary[result]);
    },
    contentType: registry.contentType,
    render: async () => `${await registry.metrics()}\n${await processMetrics().metrics()}`,
  };
}

/** Every series starts at 0: Prometheus sees no increase in a series that appears with its first event. */
function deliveryCounter(registers: Registry[]): Counter<'outcome' | 'reason'> {
  const counter = new Counter({
    name: 'order_sync_deliveries_total',
    help: 'Settled deliveries by outcome and reason.',
    labelNames: ['outcome', 'reason'] as const,
    registers,
  });
  for (const outcome of ['synced', 'unchanged', 'stale', 'requeued', 'split'])
    counter.inc({ outcome, reason: NO_REASON }, 0);
  for (const reason of FAILURE_REASONS) {
    for (const outcome of ['retrying', 'dead-lettered', 'requeued']) counter.inc({ outcome, reason }, 0);
  }
  return counter;
}

function orderCounter(registers: Registry[]): Counter<'status'> {
  const counter = new Counter({
    name: 'order_sync_orders_total',
    help: 'Orders written (outcome synced), by status in the shop.',
    labelNames: ['status'] as const,
    registers,
  });
  for (const status of ORDER_STATUSES) counter.inc({ status }, 0);
  return counter;
}

function conflictCounter(registers: Registry[]): Counter<'conflict'> {
  const counter = new Counter({
    name: 'order_sync_conflicts_total',
    help: 'Changes that the warehouse must hear of: to an order that staff had begun to pick, or one that the shop has deleted.',
    labelNames: ['conflict'] as const,
    registers,
  });
  for (const conflict of CONFLICTS) counter.inc({ conflict }, 0);
  return counter;
}

/** No further attempt follows. */
function isFinal(outcome: Outcome): boolean {
  return outcome !== 'retrying' && outcome !== 'requeued';
}

const COMPARISON_RESULTS = ['compared', 'found', 'known', 'newer', 'unreadable'] as const;

function reconciliationCounter(registers: Registry[]): Counter<'scan' | 'result'> {
  const counter = new Counter({
    name: 'order_sync_reconciled_orders_total',
    help: 'Orders that reconciliation compared, and of these: found behind, known to be behind, newer than in the shop, unreadable.',
    labelNames: ['scan', 'result'] as const,
    registers,
  });
  for (const scan of SCAN_KINDS) for (const result of COMPARISON_RESULTS) counter.inc({ scan, result }, 0);
  return counter;
}

/** The clocks of two machines differ: an event may seem to arrive before it was published. */
function observeMs(histogram: Histogram, ms: number | null): void {
  if (ms !== null) histogram.observe(Math.max(0, ms) / 1000);
}
