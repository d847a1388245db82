import type { Logger } from 'pino';
import type { SafeDatabase } from '../../ack-memory/safe-database.ts';
import { repeat } from '../../async/repeat.ts';
import type { Settled } from '../../delivery/outcome.ts';
import { SyncError } from '../../errors.ts';
import type { OrderRecord } from '../../internal-system/ledger.ts';
import type { ReconciliationStore } from '../../internal-system/reconciliation-store.ts';
import type { EndedScan } from '../../reconcile/periodic.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import type { AlertMessage } from '../alert-message.ts';
import { Composer, type Language } from './compose.ts';
import { DeliveryWatch } from './delivery-watch.ts';
import type { Incident, TroubleKind } from './happening.ts';
import { OrderNumbers } from './order-numbers.ts';
import { PendingCancellations } from './pending-cancellations.ts';
import { presentTroubles, type WatchedState } from './present-troubles.ts';
import { Runs } from './runs.ts';
import { ScanWatch } from './scan-watch.ts';
import type { SharedMemory } from './shared-memory.ts';
import { type OverduePause, SharedTroubles } from './shared-troubles.ts';
import type { SilenceOptions } from './silence.ts';
import { Silence } from './silence.ts';
import { TroubleStore } from './trouble-store.ts';
import { type Began, type Ended, type Present, Troubles } from './troubles.ts';

export interface WatchOptions {
  readonly shopName: string;
  readonly language: Language;
  /** How long an outage lasts before it is told. */
  readonly outageAfterMs: number;
  /** The file beside the daemon. */
  readonly database: SafeDatabase;
  /** Whose troubles are in that file, as several daemons may share it. */
  readonly scope: string;
  /** Never throws, never waits. */
  readonly send: (message: AlertMessage) => void;
  readonly logger: Logger;
  readonly daemon: WatchedDaemon;
  /** Aborted when the daemon begins to stop: what is seen from then on means nothing. */
  readonly stopping: AbortSignal;
}

/** What is watched. Each is there once the daemon has got that far. */
export interface WatchedDaemon {
  readonly state: () => WatchedState;
  /** Orders are being consumed. */
  readonly isConsuming: () => boolean;
  /** Events in the queue. @throws BrokerUnavailableError */
  readonly waiting: () => Promise<number | undefined>;
  /** Whether the shop, or the internal system, gets an order through right now; undefined if nobody can tell. @throws SyncError */
  readonly works: (part: 'shop' | 'internal-system') => Promise<boolean | undefined>;
  readonly shop: () => ShopClient | undefined;
  readonly memory: () => SharedMemory | undefined;
  readonly overduePause: () => OverduePause | undefined;
  readonly findOrders: (reference: string) => Promise<readonly OrderRecord[]> | undefined;
  readonly readScan: () => ReconciliationStore['readScan'] | undefined;
}

/** Sooner, if an outage is told sooner. */
const LOOK_EVERY_MS = { min: 200, max: 5_000 };
/** What comes again within this time goes on. */
const OVER_AFTER_MS = { min: 1_000, max: 30_000 };
/** The next scan is due within ten minutes, and may well succeed. */
const FAILING_SCAN_MS = 1_800_000;
const SILENCE_EVERY_MS = 10_000;
/** For the events that waited to be taken. */
const SETTLED_IN_MS = 10_000;
const MAX_NAMED = 10;

/** What has lasted long already when it is noticed, and what makes the shop give up. */
const TOLD_AT_ONCE: readonly TroubleKind[] = ['webhooks_refused', 'stalled'];

/**
 * Tells people what they must know. It looks at the daemon from outside, again and again, and listens to what is settled: nothing
 * here holds up or fails a delivery.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #composer: Composer;
  readonly #troubles: Troubles;
  readonly #overAfterMs: number;
  readonly #cancellations: PendingCancellations;
  readonly #deliveries: DeliveryWatch;
  readonly #scans: ScanWatch;
  readonly #shared: SharedTroubles;
  readonly #runs: Runs;
  #silence: Silence | undefined;
  /** Since when nothing has been in the way of orders for long: for all that is known, always. */
  #clearSince = 0;
  #troubledSince: number | undefined;
  #consumingSince: number | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: WatchOptions) {
    const { shopName, language, database, scope, outageAfterMs, daemon, stopping } = options;
    this.#options = options;
    this.#composer = new Composer(shopName, language);
    this.#overAfterMs = within(OVER_AFTER_MS, outageAfterMs);
    const tellLasting = {
      began: (began: Began) => this.#send(() => this.#composer.began(began)),
      ended: (ended: Ended) => this.#send(() => this.#composer.ended(ended)),
    };
    this.#troubles = new Troubles({
      store: new TroubleStore(database, scope),
      tellAfterMs: (kind) => tellAfterMs(kind, outageAfterMs),
      overAfterMs: this.#overAfterMs,
      ...tellLasting,
    });
    this.#shared = new SharedTroubles({ ...daemon, stopping, ...tellLasting });
    const tell = (incident: Incident) => this.#tell(incident);
    this.#cancellations = new PendingCancellations({ tell, findOrders: daemon.findOrders, tellAfterMs: outageAfterMs });
    this.#deliveries = new DeliveryWatch({ tell, cancellations: this.#cancellations });
    this.#scans = new ScanWatch(tell);
    this.#runs = new Runs(database, scope);
  }

  /** Call it before anything is up: what the daemon waits for at its start may be an outage. */
  start(): void {
    const { outageAfterMs, stopping: signal } = this.#options;
    const times = this.#runs.begin();
    if (times > 0) this.#tell({ kind: 'restarted', times });
    const lookEveryMs = within(LOOK_EVERY_MS, outageAfterMs / 5);
    this.#running = Promise.all([
      repeat(lookEveryMs, signal, () => this.#look(), this.#failed),
      repeat(lookEveryMs, signal, () => this.#cancellations.look(), this.#failed),
      repeat(lookEveryMs, signal, () => this.#shared.look(), this.#failed),
      repeat(SILENCE_EVERY_MS, signal, async () => await this.#silence?.look(), this.#failed),
    ]);
  }

  /** Call it once the internal system is open. */
  watchSilence(options: Omit<SilenceOptions, 'clearSince' | 'began' | 'ended'>): void {
    this.#silence = new Silence({
      ...options,
      clearSince: async () =>
        isAgo(this.#consumingSince, SETTLED_IN_MS) && (await this.#waiting()) === 0 ? this.#clearSince : undefined,
      began: (since, lastPaid) => {
        const trouble = { kind: 'silence', lastPaid } as const;
        this.#send(() => this.#composer.began({ trouble, since, waiting: null }));
      },
      ended: (since, until) => {
        const trouble = { kind: 'silence', lastPaid: null } as const;
        this.#send(() => this.#composer.ended({ trouble, since, lastedMs: until - since, waited: null }));
      },
    });
  }

  /** For the intake of orders, and for that of shipments. */
  readonly settledOrder = (settled: Settled): void => this.#safely(() => this.#deliveries.order(settled));
  readonly settledShipment = (settled: Settled): void => this.#safely(() => this.#deliveries.shipment(settled));

  readonly scanEnded = (ended: EndedScan): void => this.#safely(() => this.#scans.ended(ended));

  /** What the database forgot of what was acked. */
  readonly losses = {
    forgotten: (orders: readonly { readonly orderNumber: string }[]): void => {
      const numbers = new OrderNumbers(MAX_NAMED);
      for (const { orderNumber } of orders) numbers.add(orderNumber);
      this.#tell({ kind: 'database_forgot', ...numbers.list });
    },
    ended: ({ orders, failed }: { readonly orders: number; readonly failed: number }): void =>
      this.#tell({ kind: 'database_recovered', returned: orders - failed, failed }),
  };

  /** The daemon ends, and no supervisor starts it again: a person must change something first. */
  gaveUp(detail: string): void {
    this.#tell({ kind: 'gave_up', detail });
  }

  /** Tells what has gathered, after the last delivery. What lasts is left to the next start. */
  flush(): void {
    for (const part of [this.#deliveries, this.#cancellations, this.#scans]) part.flush();
    this.#runs.end();
  }

  /** After `stopping`, which ends it. Never rejects. */
  async ended(): Promise<void> {
    await this.#running;
  }

  async #look(): Promise<void> {
    const { daemon, stopping } = this.#options;
    const own = presentTroubles(daemon.state());
    const isConsuming = daemon.isConsuming();
    if (own.length === 0) this.#troubledSince = undefined;
    else this.#troubledSince ??= performance.now();
    if (isAgo(this.#troubledSince, this.#overAfterMs)) this.#clearSince = Date.now();
    if (!isConsuming) this.#consumingSince = undefined;
    else this.#consumingSince ??= performance.now();
    const present = [
      ...own,
      ...(await this.#scans.present(daemon.readScan())),
      ...(isConsuming ? await this.#leftOver() : []),
    ];
    const waiting = await this.#waiting();
    if (!stopping.aborted) this.#troubles.look(present, waiting, (kind) => this.#knows(kind));
  }

  /** Whether a trouble of this kind that began before this process did would show in it by now. */
  #knows(kind: TroubleKind): boolean {
    if (kind === 'reconciliation_fails') return this.#scans.hasSucceeded;
    return isAgo(this.#consumingSince, this.#overAfterMs);
  }

  /** An outage from before this process began: nothing may have come since that would show that it goes on. */
  async #leftOver(): Promise<Present[]> {
    const present: Present[] = [];
    for (const { trouble } of this.#troubles.leftOver) {
      if (trouble.kind !== 'outage' || trouble.part === 'rabbitmq') continue;
      if ((await this.#options.daemon.works(trouble.part)) === false) present.push({ trouble });
    }
    return present;
  }

  async #waiting(): Promise<number | undefined> {
    return await this.#options.daemon.waiting().catch(() => undefined);
  }

  #tell(incident: Incident): void {
    this.#send(() => this.#composer.incident(incident));
  }

  #send(compose: () => AlertMessage | undefined): void {
    this.#safely(() => {
      const message = compose();
      if (message !== undefined) this.#options.send(message);
    });
  }

  /** A bug here must not end the daemon, nor be felt by whoever emits. */
  #safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failed(error);
    }
  }

  readonly #failed = (error: unknown): void => {
    const { logger } = this.#options;
    if (error instanceof SyncError && error.reason !== 'unexpected')
      logger.debug({ error: `${error.reason}: ${error.message}` }, 'alerts: cannot look now; trying again');
    else logger.error({ err: error }, 'a bug: watching for alerts threw');
  };
}

/** @param instant by the clock that does not jump */
function isAgo(instant: number | undefined, ms: number): boolean {
  return instant !== undefined && performance.now() - instant >= ms;
}

function within({ min, max }: { readonly min: number; readonly max: number }, ms: number): number {
  return Math.min(max, Math.max(min, ms));
}

function tellAfterMs(kind: TroubleKind, outageAfterMs: number): number {
  if (TOLD_AT_ONCE.includes(kind)) return 0;
  return kind === 'reconciliation_fails' ? FAILING_SCAN_MS : outageAfterMs;
}
