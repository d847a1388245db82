/**
 * Failures are of three kinds, and each reason belongs to one of them:
 *
 * - `permanent`: this order needs a person → dead letter at once
 * - `transient`: this attempt failed, a later one may work → retry with growing delays, then dead letter
 * - `outage`: a dependency is down for everyone → consumption pauses, no attempt is counted
 *
 * `dependency` says whose failure it is. Many failures of one dependency in a row are an outage too, whatever their kind, and
 * a failure that says "outage" may turn out to be one order's own (see outage-detector.ts).
 */
export type FailureKind = 'permanent' | 'transient' | 'outage';
export type Dependency = 'shop' | 'internal-system';

/** As it reads in a sentence: "the internal system takes no orders". */
export function dependencyName(dependency: Dependency): string {
  return dependency.replace('-', ' ');
}

interface FailureFacts {
  readonly kind: FailureKind;
  readonly dependency?: Dependency;
}

const FAILURES = {
  malformed_event: { kind: 'permanent' },
  order_not_found: { kind: 'transient' },
  not_yet_paid: { kind: 'transient' },
  not_yet_cancelled: { kind: 'transient' },
  /** Older than what is stored, although the fetch began later: its replica lags, or its clock was set back. */
  shop_shows_older: { kind: 'transient' },
  invalid_order: { kind: 'permanent' },
  wrong_order: { kind: 'permanent' },
  shop_error: { kind: 'transient', dependency: 'shop' },
  shop_timeout: { kind: 'transient', dependency: 'shop' },
  shop_bad_reply: { kind: 'transient', dependency: 'shop' },
  shop_unreachable: { kind: 'outage', dependency: 'shop' },
  shop_refused_credentials: { kind: 'outage', dependency: 'shop' },
  shop_rate_limited: { kind: 'outage', dependency: 'shop' },
  /** Another order is stored under this order's number. */
  number_taken: { kind: 'permanent' },
  write_rejected: { kind: 'permanent', dependency: 'internal-system' },
  write_failed: { kind: 'transient', dependency: 'internal-system' },
  internal_system_unavailable: { kind: 'outage', dependency: 'internal-system' },
  internal_system_refused_credentials: { kind: 'outage', dependency: 'internal-system' },
  /** The shop works, and takes this shipment as little later as now. */
  shipment_refused: { kind: 'permanent', dependency: 'shop' },
  /** What is recorded of the shipment can't be reported: it names no stored order, or no line of it. */
  invalid_shipment: { kind: 'permanent' },
  /** It was shipped here, and cancelled or refunded in the shop meanwhile: not reported. */
  order_cancelled: { kind: 'permanent' },
  unexpected: { kind: 'transient' },
  /** The daemon crashed while it worked on this event, perhaps among others. */
  crashed: { kind: 'transient' },
  /** We gave up: an outage began, or the daemon is stopping. */
  interrupted: { kind: 'outage' },
  /** The broker did not take the retry or the dead letter. */
  broker_unavailable: { kind: 'outage' },
} as const satisfies Record<string, FailureFacts>;

/** Machine-readable: in logs, metrics, the ledger and dead letters. */
export type FailureReason = keyof typeof FAILURES;

export const FAILURE_REASONS = Object.keys(FAILURES) as readonly FailureReason[];

/** What a dependency does for everyone, by the reason of the outage. None says "down" of what answers and refuses us. */
const OUTAGE_WORDS: Readonly<Partial<Record<FailureReason, string>>> = {
  shop_unreachable: "can't be reached",
  shop_refused_credentials: 'refuses our credentials',
  shop_rate_limited: 'takes no more requests for now',
  shop_error: 'answers with errors',
  shop_timeout: 'does not answer in time',
  shop_bad_reply: "gives replies that can't be used",
  order_not_found: 'does not have the orders that it is asked for',
  invalid_order: 'shows no order that is valid',
  wrong_order: 'shows other orders than it is asked for',
  shipment_refused: 'refuses every shipment',
  internal_system_unavailable: 'takes no orders',
  internal_system_refused_credentials: 'refuses our credentials',
  write_rejected: 'rejects every order',
  write_failed: 'fails with every order',
};

/** "the shop refuses our credentials" */
export function outageWords({
  dependency,
  reason,
}: {
  readonly dependency: Dependency;
  readonly reason: FailureReason;
}): string {
  return `the ${dependencyName(dependency)} ${OUTAGE_WORDS[reason] ?? 'is down'}`;
}

/** No order would be taken now; `interrupted` and the like say nothing of a dependency. */
export function isOutageOf(dependency: Dependency, error: unknown): error is SyncError {
  return error instanceof SyncError && error.kind === 'outage' && error.dependency === dependency;
}

/** Only a person can end such an outage. */
export function isRefusal(reason: FailureReason): boolean {
  return reason === 'shop_refused_credentials' || reason === 'internal_system_refused_credentials';
}

export interface SyncErrorOptions {
  readonly cause?: unknown;
  readonly retryAfterMs?: number | undefined;
  /** `retryAfterMs` is a guess at most, as with maintenance (503): it is tried earlier. */
  readonly mayEndSooner?: boolean | undefined;
  /** What to do if everyone fails like this. Ends the message. */
  readonly remedy?: string;
  /** Set where the reason does not say so by itself: this dependency is down for everyone. */
  readonly outageOf?: Dependency;
  /** The dependency works for others. */
  readonly isOwn?: boolean;
  /** Nobody foresaw the cause: the log wants it with its stack. */
  readonly isUnforeseen?: boolean;
  /** Nothing of the call takes effect any more: the other side has answered it, or was never reached. */
  readonly isOver?: boolean | undefined;
}

/** Why an order was not synced, and so what happens next. The message holds no personal data. */
export class SyncError extends Error {
  override readonly name = 'SyncError';
  readonly reason: FailureReason;
  readonly kind: FailureKind;
  readonly dependency: Dependency | undefined;
  /** How long the dependency asked us to wait, in ms. */
  readonly retryAfterMs: number | undefined;
  /** The dependency may be back before that. */
  readonly mayEndSooner: boolean;
  /** It is this order's own failure, although its reason speaks of an outage. */
  readonly isOwn: boolean;
  readonly isUnforeseen: boolean;
  /** Nothing of the call takes effect any more. */
  readonly isOver: boolean;
  readonly #finding: string;

  constructor(reason: FailureReason, finding: string, options: SyncErrorOptions = {}) {
    const { cause, remedy, outageOf, isOwn = false } = options;
    super(remedy === undefined ? finding : `${finding} ${remedy}`, cause === undefined ? {} : { cause });
    const facts: FailureFacts = FAILURES[reason];
    this.reason = reason;
    this.kind = outageOf !== undefined ? 'outage' : isOwn ? 'transient' : facts.kind;
    this.dependency = outageOf ?? facts.dependency;
    this.retryAfterMs = options.retryAfterMs;
    this.mayEndSooner = options.mayEndSooner ?? false;
    this.isOwn = isOwn;
    this.isUnforeseen = options.isUnforeseen ?? reason === 'unexpected';
    this.isOver = options.isOver ?? reason === 'write_rejected';
    this.#finding = finding;
  }

  /** The same failure, of this order alone: another attempt may work, and in the end a person sees it. */
  asOwn(): SyncError {
    const finding = `${this.#finding} It is so for this order alone: others got through in between.`;
    return new SyncError(this.reason, finding, { cause: this, isOwn: true });
  }
}

/** Anything thrown → a SyncError. An unforeseen error fails this attempt: it is retried, and in the end a person sees it. */
export function asSyncError(error: unknown, fallback: FailureReason = 'unexpected'): SyncError {
  if (error instanceof SyncError) return error;
  if (isForeignSyncError(error)) {
    const { reason, message, retryAfterMs, mayEndSooner, isOver } = error;
    return new SyncError(reason, message, { retryAfterMs, mayEndSooner, isOver, cause: error });
  }
  const name = error instanceof Error ? error.name : typeof error;
  const finding = `Unexpected ${name} (the log's error has the details).`;
  return new SyncError(fallback, finding, { cause: error, isUnforeseen: true });
}

/** From another copy of this module: an adapter's `order-sync` need not be the one that runs. */
function isForeignSyncError(
  error: unknown,
): error is Pick<SyncError, 'reason' | 'message' | 'retryAfterMs' | 'mayEndSooner' | 'isOver'> {
  return (
    error instanceof Error &&
    error.name === 'SyncError' &&
    'reason' in error &&
    typeof error.reason === 'string' &&
    Object.hasOwn(FAILURES, error.reason)
  );
}

/** Bad configuration or topology: the daemon ends with status 78 and this message. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}
