import { Gauge, type Registry } from '@prometheus-io/client';
import type { Load } from '../async/batcher-options.ts';
import { withTimeout } from '../async/deadline.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import { type Dependency, isRefusal } from '../errors.ts';
import type { Health } from '../health/health.ts';
import type { Depths } from '../messages/queue-depths.ts';
import { isRetryQueue } from '../messages/retry-queues.ts';
import type { PauseWatch } from '../pause/pause-watch.ts';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import { registerWebhooks } from './webhook-metrics.ts';

/** Where the gauges are read from at each scrape. */
export interface DaemonState {
  readonly rabbit: Pick<RabbitMQ, 'isUp' | 'blocked'>;
  readonly intake: Pick<Intake, 'inFlight' | 'outage'>;
  readonly blockage: Pick<Blockage, 'queues'>;
  readonly pauses: Pick<PauseWatch, 'pause' | 'isOverdue'>;
  readonly health: () => Health;
  /** The calls to the shop and to the internal system; `deliver` where it is an ERP behind a ledger. */
  readonly load: () => Readonly<Record<'fetch' | 'write', Load> & { deliver?: Load | undefined }>;
  /** Undefined when the daemon takes no webhooks. */
  readonly webhooks: (() => WebhookFigures) | undefined;
  /** Never rejects. */
  readonly depths: () => Promise<Depths>;
}

const DEPENDENCIES = ['shop', 'internal-system'] as const satisfies Dependency[];
const POOLS = ['fetch', 'write', 'deliver'] as const;
/** Prometheus gives up after 10 s. A slow broker must not cost it the other metrics. */
const DEPTHS_TIMEOUT_MS = 2_000;

export function registerStateGauges(state: DaemonState, registers: Registry[]): void {
  const { rabbit, intake, pauses, health, load } = state;
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('order_sync_in_flight', 'Deliveries in flight: taken, not yet settled.', () => intake.inFlight);
  gauge('order_sync_connected', '1 while connected to the broker.', () => Number(rabbit.isUp));
  gauge(
    'order_sync_broker_alarm',
    '1 while RabbitMQ takes no messages from anybody, being low on memory or disk. Asked for every 10 s.',
    () => Number(rabbit.blocked !== undefined),
  );
  gauge('order_sync_ready', '1 while /readyz answers 200: orders are being synced, or a person has paused.', () =>
    Number(health().ready),
  );
  new Gauge({
    name: 'order_sync_outage',
    help: '1 while consumption is paused because this dependency takes nothing from anybody, whatever the reason.',
    labelNames: ['dependency'],
    registers,
    collect() {
      // While a person has paused, nobody finds out, and nobody is to be called.
      const outage = pauses.pause === undefined ? intake.outage : undefined;
      for (const dependency of DEPENDENCIES) this.set({ dependency }, Number(outage?.dependency === dependency));
    },
  });
  new Gauge({
    name: 'order_sync_credentials_refused',
    help: '1 while consumption is paused because this dependency refuses our credentials: only a person can end that.',
    labelNames: ['dependency'],
    registers,
    collect() {
      const { outage } = intake;
      const isRefused = pauses.pause === undefined && outage !== undefined && isRefusal(outage.error.reason);
      for (const dependency of DEPENDENCIES)
        this.set({ dependency }, Number(isRefused && outage.dependency === dependency));
    },
  });
  registerPauses(state, registers);
  registerBlockage(state, registers);
  registerPools(load, registers);
  registerDepths(state, registers);
  if (state.webhooks !== undefined) registerWebhooks(state.webhooks, registers);
}

function registerPauses({ pauses, intake }: DaemonState, registers: Registry[]): void {
  new Gauge({
    name: 'order_sync_paused',
    help: '1 while no orders are taken for this reason: a person has paused, or a dependency is down.',
    labelNames: ['reason'],
    registers,
    collect() {
      const isPlanned = pauses.pause !== undefined;
      this.set({ reason: 'planned' }, Number(isPlanned));
      this.set({ reason: 'outage' }, Number(!isPlanned && intake.outage !== undefined));
    },
  });
  new Gauge({
    name: 'order_sync_pause_overdue',
    help: '1 while a person has paused for more than four hours and has not said until when.',
    registers,
    collect() {
      this.set(Number(pauses.isOverdue));
    },
  });
}

function registerBlockage({ blockage }: DaemonState, registers: Registry[]): void {
  new Gauge({
    name: 'order_sync_queue_refusing',
    help: '1 while a queue of this kind refuses events that failed: it is full, for instance.',
    labelNames: ['queue'],
    registers,
    collect() {
      const kinds = new Set(blockage.queues.map(({ queue }) => (isRetryQueue(queue) ? 'retry' : 'dead-letters')));
      for (const queue of ['retry', 'dead-letters'] as const) this.set({ queue }, Number(kinds.has(queue)));
    },
  });
}

/** The number of calls is limited; orders wait for a free one. */
function registerPools(load: DaemonState['load'], registers: Registry[]): void {
  const gauge = (name: string, help: string, figure: keyof Load) =>
    new Gauge({
      name,
      help,
      labelNames: ['pool'],
      registers,
      collect() {
        for (const pool of POOLS) {
          const { [pool]: found } = load();
          if (found !== undefined) this.set({ pool }, found[figure]);
        }
      },
    });
  gauge(
    'order_sync_pool_size',
    'Calls to the shop (fetch), transactions (write) or calls to the ERP (deliver) that may run at once.',
    'slots',
  );
  gauge(
    'order_sync_pool_busy',
    'Calls to the shop (fetch), transactions (write) or calls to the ERP (deliver) that are running.',
    'running',
  );
  gauge('order_sync_pool_waiting', 'Orders waiting for a call or a transaction.', 'waiting');
}

function registerDepths({ depths }: DaemonState, registers: Registry[]): void {
  new Gauge({
    name: 'order_sync_queue_messages',
    help: 'Messages in the main queue (without those in flight), in the retry queues, held back by RabbitMQ after their delay, and in the dead letters; absent while unknown.',
    labelNames: ['queue'],
    registers,
    async collect() {
      setDepths(this, await withTimeout(depths(), DEPTHS_TIMEOUT_MS, () => undefined));
    },
  });
}

/** A queue that is out of reach has no value: 0 would say that all is well. */
export function setDepths(gauge: Gauge<'queue'>, depths: Depths | undefined): void {
  gauge.reset();
  const { waiting, retrying, deadLetters, heldBack } = depths ?? {};
  if (waiting !== undefined) gauge.set({ queue: 'main' }, waiting);
  if (retrying !== undefined) gauge.set({ queue: 'retry' }, retrying);
  if (heldBack !== undefined) gauge.set({ queue: 'held-back' }, heldBack);
  if (deadLetters !== undefined) gauge.set({ queue: 'dead-letters' }, deadLetters);
}
