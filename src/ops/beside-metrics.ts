import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { Recovery } from '../ack-memory/recovery.ts';
import type { AlertFigures } from '../alerts/alerts.ts';
import { withTimeout } from '../async/deadline.ts';
import type { Intake } from '../delivery/intake.ts';
import type { DeliveryFacts } from '../delivery/outcome.ts';
import { FAILURE_REASONS } from '../errors.ts';
import type { Depths } from '../messages/queue-depths.ts';
import { registerAlerts } from './alert-metrics.ts';
import { setDepths } from './state-gauges.ts';

/** What the daemon does beside the orders; absent where it is not configured. */
export interface BesideState {
  readonly shipments?: { readonly intake: Pick<Intake, 'outage' | 'isHeld'>; depths(): Promise<Depths> } | undefined;
  readonly outbox?: { waiting(): Promise<number> } | undefined;
  /** Of the orders that were acked. */
  readonly recovery?: Pick<Recovery, 'noticed' | 'missing'> | undefined;
  readonly alerts?: { readonly figures: readonly AlertFigures[] } | undefined;
}

const TIMEOUT_MS = 2_000;

/** @returns counts a settled shipment */
export function registerBeside(
  { shipments, outbox, recovery, alerts }: BesideState,
  registers: Registry[],
): (facts: Pick<DeliveryFacts, 'outcome' | 'reason'>) => void {
  if (outbox !== undefined) {
    new Gauge({
      name: 'order_sync_outbox_waiting',
      help: 'New revisions that wait to be published to SYNCED_EXCHANGE, counted up to 100,000; absent while unknown.',
      registers,
      async collect() {
        const waiting = await withTimeout(outbox.waiting(), TIMEOUT_MS, () => undefined).catch(() => undefined);
        if (waiting === undefined) this.remove();
        else this.set(waiting);
      },
    });
  }
  if (recovery !== undefined) registerRecovery(recovery, registers);
  if (alerts !== undefined) registerAlerts(alerts, registers);
  return shipments === undefined ? () => undefined : registerShipments(shipments, registers);
}

function registerRecovery(recovery: NonNullable<BesideState['recovery']>, registers: Registry[]): void {
  new Counter({
    name: 'order_sync_forgotten_orders_total',
    help: 'Orders that were acked and that the internal system has forgotten since: a failover, or a restored backup.',
    registers,
    collect() {
      this.reset();
      this.inc(recovery.noticed);
    },
  });
  new Gauge({
    name: 'order_sync_forgotten_orders_missing',
    help: 'Of these, the orders that are not back yet.',
    registers,
    collect() {
      this.set(recovery.missing);
    },
  });
}

function registerShipments(
  shipments: NonNullable<BesideState['shipments']>,
  registers: Registry[],
): (facts: Pick<DeliveryFacts, 'outcome' | 'reason'>) => void {
  const settled = new Counter({
    name: 'order_sync_shipments_total',
    help: 'Attempts to report a shipment to the shop, by outcome (synced: reported; unchanged: the shop had it) and reason.',
    labelNames: ['outcome', 'reason'] as const,
    registers,
  });
  for (const outcome of ['synced', 'unchanged']) settled.inc({ outcome, reason: 'none' }, 0);
  for (const reason of FAILURE_REASONS)
    for (const outcome of ['retrying', 'dead-lettered']) settled.inc({ outcome, reason }, 0);
  new Gauge({
    name: 'order_sync_shipments_paused',
    help: '1 while no shipments are reported, because the shop or the internal system is down or refuses us.',
    registers,
    collect() {
      const { outage, isHeld } = shipments.intake;
      this.set(Number(outage !== undefined && !isHeld));
    },
  });
  new Gauge({
    name: 'order_sync_shipment_queue_messages',
    help: 'Messages in the queue of shipments, in its retry queues and in its dead letters; absent while unknown.',
    labelNames: ['queue'],
    registers,
    async collect() {
      setDepths(this, await withTimeout(shipments.depths(), TIMEOUT_MS, () => undefined));
    },
  });
  return ({ outcome, reason }) => settled.inc({ outcome, reason: reason ?? 'none' });
}
