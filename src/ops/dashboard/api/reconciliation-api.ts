import { z } from 'zod';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import { SCAN_KINDS, type ScanKind, type ScanRun } from '../../../internal-system/reconciliation-store.ts';
import { capabilitiesFor } from '../../../reconcile/capabilities.ts';
import type { DayTotals } from '../../../reconcile/day-totals.ts';
import type { Reconciler } from '../../../reconcile/reconciler.ts';
import type { Finding } from '../../../reconcile/report.ts';
import type { ShopClient } from '../../../shop/shop-client.ts';
import { Refused } from '../../http/json-body.ts';
import { cached } from '../cached.ts';
import type { ReconciliationAnswer, ScanAnswer } from '../messages.ts';

interface Sources {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly reconciler: Pick<Reconciler, 'scan'>;
  readonly everyMs: Readonly<Record<ScanKind, number | undefined>>;
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
  /** Called when a scan started here has ended, with its error if there was one. */
  readonly onEnded: (scan: ScanKind, error: unknown) => void;
}

/** What reconciliation found last time, and a way to start a scan now. */
export class ReconciliationApi {
  readonly #sources: Sources;
  readonly #running = new Map<ScanKind, Promise<void>>();
  readonly #answer = cached(1_000, async () => ({
    scans: await Promise.all(SCAN_KINDS.map((kind) => this.#scan(kind))),
  }));

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws SyncError */
  answer(): Promise<ReconciliationAnswer> {
    return this.#answer.get();
  }

  /** Starts a scan. @throws Refused if it is not possible here, or already running */
  begin(kind: ScanKind): void {
    const missing = this.#missing(kind);
    if (missing !== null) throw new Refused(409, missing);
    if (this.#running.has(kind)) throw new Refused(409, 'This scan is already running.');
    const scan = this.#run(kind).finally(() => {
      this.#running.delete(kind);
      this.#answer.forget();
    });
    this.#running.set(kind, scan);
    this.#answer.forget();
  }

  /** Resolves when no scan is running. */
  async ended(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Never rejects. */
  async #run(kind: ScanKind): Promise<void> {
    const { reconciler, signal, onEnded } = this.#sources;
    try {
      const result = await reconciler.scan(kind, { signal });
      onEnded(kind, result.kind === 'scanned' ? result.error : new Error('Another daemon is running this scan.'));
    } catch (error) {
      onEnded(kind, error);
    }
  }

  #missing(kind: ScanKind): string | null {
    const { shop, internalSystem } = this.#sources;
    const capabilities = capabilitiesFor(kind, shop, internalSystem);
    return 'missing' in capabilities ? `${capabilities.missing.join('; ')}.` : null;
  }

  async #scan(kind: ScanKind): Promise<ScanAnswer> {
    const { internalSystem, everyMs } = this.#sources;
    const missing = this.#missing(kind);
    const state = missing === null ? await internalSystem.reconciliation?.readScan(kind) : undefined;
    return {
      scan: kind,
      missing,
      everyMs: everyMs[kind] ?? null,
      isRunning: this.#running.has(kind),
      lastRun: state?.lastRun == null ? null : lastRun(state.lastRun),
    };
  }
}

const side = z.object({ orders: z.number(), total: z.string() });

/** As the reconciler wrote it, perhaps one of another version. */
const storedReport = z.object({
  since: z.string().nullable().catch(null),
  newer: z.number().catch(0),
  unreadable: z.number().catch(0),
  orders: z
    .array(z.custom<Finding>((value) => typeof value === 'object' && value !== null && 'orderNumber' in value))
    .catch([]),
  days: z
    .array(z.object({ day: z.string(), currency: z.string(), shop: side, internalSystem: side }))
    .catch([]) satisfies z.ZodType<DayTotals[]>,
});

function lastRun({ report, startedAt, finishedAt, compared, found, known, error }: ScanRun): ScanAnswer['lastRun'] {
  const { since, newer, unreadable, orders: findings, days } = storedReport.parse(JSON.parse(report));
  return { startedAt, finishedAt, compared, found, known, newer, unreadable, error, since, findings, days };
}
