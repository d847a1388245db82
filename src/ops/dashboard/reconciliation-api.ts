import { z } from 'zod';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { WALK_KINDS, type WalkKind, type WalkRun } from '../../internal-system/reconciliation-store.ts';
import { abilitiesFor } from '../../reconcile/abilities.ts';
import type { DayTotals } from '../../reconcile/day-totals.ts';
import type { Reconciler } from '../../reconcile/reconciler.ts';
import type { Finding } from '../../reconcile/report.ts';
import type { ShopClient } from '../../shop/shop-client.ts';
import { Refused } from '../http/json-body.ts';
import { cached } from './cached.ts';
import type { ReconciliationAnswer, WalkAnswer } from './messages.ts';

interface Sources {
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly reconciler: Pick<Reconciler, 'walk'>;
  readonly everyMs: Readonly<Record<WalkKind, number | undefined>>;
  /** Aborted when the daemon stops. */
  readonly signal: AbortSignal;
  /** Told when a walk that was begun here has ended, with its error if it has one. */
  readonly onEnded: (walk: WalkKind, error: unknown) => void;
}

/** What reconciliation found the last time, and a walk at once. */
export class ReconciliationDesk {
  readonly #sources: Sources;
  readonly #running = new Map<WalkKind, Promise<void>>();
  readonly #answer = cached(1_000, async () => ({
    walks: await Promise.all(WALK_KINDS.map((kind) => this.#walk(kind))),
  }));

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws SyncError */
  answer(): Promise<ReconciliationAnswer> {
    return this.#answer.get();
  }

  /** Begins a walk. @throws Refused when it can't be done, or is under way */
  begin(kind: WalkKind): void {
    const missing = this.#missing(kind);
    if (missing !== null) throw new Refused(409, missing);
    if (this.#running.has(kind)) throw new Refused(409, 'This walk is under way already.');
    const walk = this.#run(kind).finally(() => {
      this.#running.delete(kind);
      this.#answer.forget();
    });
    this.#running.set(kind, walk);
    this.#answer.forget();
  }

  /** Resolves when no walk is under way. */
  async ended(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  /** Never rejects. */
  async #run(kind: WalkKind): Promise<void> {
    const { reconciler, signal, onEnded } = this.#sources;
    try {
      const result = await reconciler.walk(kind, { signal });
      onEnded(kind, result.kind === 'walked' ? result.error : new Error('Another daemon is doing it at this moment.'));
    } catch (error) {
      onEnded(kind, error);
    }
  }

  #missing(kind: WalkKind): string | null {
    const { shop, internalSystem } = this.#sources;
    const abilities = abilitiesFor(kind, shop, internalSystem);
    return 'missing' in abilities ? `${abilities.missing.join('; ')}.` : null;
  }

  async #walk(kind: WalkKind): Promise<WalkAnswer> {
    const { internalSystem, everyMs } = this.#sources;
    const missing = this.#missing(kind);
    const state = missing === null ? await internalSystem.reconciliation?.readWalk(kind) : undefined;
    return {
      walk: kind,
      missing,
      everyMs: everyMs[kind] ?? null,
      isRunning: this.#running.has(kind),
      lastRun: state?.lastRun == null ? null : lastRun(state.lastRun),
    };
  }
}

const side = z.object({ orders: z.number(), total: z.string() });

/** As the reconciler wrote it; another version of it may have. */
const storedReport = z.object({
  since: z.string().nullable().catch(null),
  unreadable: z.number().catch(0),
  orders: z
    .array(z.custom<Finding>((value) => typeof value === 'object' && value !== null && 'orderNumber' in value))
    .catch([]),
  days: z
    .array(z.object({ day: z.string(), currency: z.string(), shop: side, internalSystem: side }))
    .catch([]) satisfies z.ZodType<DayTotals[]>,
});

function lastRun({ report, startedAt, finishedAt, compared, found, known, error }: WalkRun): WalkAnswer['lastRun'] {
  const { since, unreadable, orders: findings, days } = storedReport.parse(JSON.parse(report));
  return { startedAt, finishedAt, compared, found, known, unreadable, error, since, findings, days };
}
