import { backoffMs } from '../../../async/backoff.ts';
import { orAborted, withTimeout } from '../../../async/deadline.ts';
import { inParallel } from '../../../async/in-parallel.ts';
import { retry } from '../../../async/retry.ts';
import { asSyncError, ConfigError, SyncError } from '../../../errors.ts';
import type { FoundRecord, OrderSink, SinkResult } from '../../../internal-system/sink/order-sink.ts';
import { type FlawedOrder, flawOf } from './flaws.ts';
import type { TestOrder } from './test-order.ts';

const TIMEOUT_MS = 30_000;
const SETTLE_MS = 30_000;
/** As often as the daemon tries by default. */
const MAX_TRIES = 5;

/** The sink under test, called as the daemon calls it: with a time limit, again after a failure that may pass, and then as uncertain. */
export class TestedSink {
  readonly #sink: OrderSink;
  readonly #onCall: () => void;
  readonly #durations: number[] = [];

  constructor(sink: OrderSink, onCall: () => void = () => undefined) {
    this.#sink = sink;
    this.#onCall = onCall;
  }

  get maxUpserts(): number {
    return this.#sink.maxUpserts ?? 1;
  }

  get settleMs(): number {
    return this.#sink.settleMs ?? SETTLE_MS;
  }

  get timeoutMs(): number {
    return this.#sink.timeoutMs ?? TIMEOUT_MS;
  }

  /** The longest that an upsert has taken so far, in ms. */
  get slowestMs(): number {
    return Math.max(0, ...this.#durations);
  }

  get hasCheck(): boolean {
    return this.#sink.check !== undefined;
  }

  get canFind(): boolean {
    return this.#sink.find !== undefined;
  }

  /** Somebody else called it. */
  called(): void {
    this.#onCall();
  }

  /** Logs in. @throws ConfigError, SyncError */
  async open(): Promise<void> {
    await this.#inTime((signal) => this.#sink.open?.(signal) ?? Promise.resolve());
  }

  async check(): Promise<void> {
    await this.#inTime((signal) => this.#sink.check?.(signal) ?? Promise.resolve());
  }

  /** Undefined if the ERP cannot be asked. @throws SyncError */
  async find(order: TestOrder): Promise<readonly FoundRecord[] | undefined> {
    return await this.#inTime((signal) => this.#sink.find?.(order.delivery(), signal) ?? Promise.resolve(undefined));
  }

  /** Delivers the newest version of the order until that succeeds. @throws SyncError the last failure */
  async deliver(order: TestOrder): Promise<SinkResult> {
    return await retry(() => this.upsert(order), {
      isRetryable: (error): error is SyncError => error instanceof SyncError && error.kind === 'transient',
      delayMs: (tries) => backoffMs(tries, { minMs: 100, maxMs: 2_000 }),
      maxTries: MAX_TRIES,
    });
  }

  /** As many at a time as the sink takes. @throws SyncError the first failure */
  async deliverAll(orders: readonly TestOrder[]): Promise<void> {
    await inParallel(orders, this.maxUpserts, async (order) => void (await this.deliver(order)));
  }

  /** One attempt. @throws SyncError */
  async upsert(order: TestOrder): Promise<SinkResult> {
    const startedAt = performance.now();
    try {
      const result = await this.#inTime((signal) => this.#sink.upsert(order.delivery(), signal));
      order.delivered(result);
      return result;
    } catch (error) {
      if (asSyncError(error).reason !== 'write_rejected') order.isUncertain = true;
      throw error;
    } finally {
      this.#durations.push(performance.now() - startedAt);
    }
  }

  /**
   * An upsert whose daemon is gone after `afterMs`: whatever it says then, nobody hears.
   *
   * @returns for how long it went on after its signal was aborted, in ms
   */
  async cutOff(order: TestOrder, afterMs: number): Promise<number> {
    this.#onCall();
    const cut = new AbortController();
    const upsert = (async () => this.#sink.upsert(order.delivery(), cut.signal))();
    const ended = upsert.then(
      () => undefined,
      () => undefined,
    );
    order.isUncertain = true;
    await withTimeout(ended, afterMs, () => undefined);
    const cutAt = performance.now();
    cut.abort(new SyncError('interrupted', 'The test has cut this upsert off.'));
    await withTimeout(ended, this.timeoutMs, () => undefined);
    return performance.now() - cutAt;
  }

  /** What is wrong with these orders in the ERP. @throws SyncError */
  async flawsIn(orders: readonly TestOrder[]): Promise<FlawedOrder[]> {
    const flawed: FlawedOrder[] = [];
    for (const order of orders) {
      const flaw = flawOf(order, await this.find(order));
      if (flaw !== undefined) flawed.push(flaw);
    }
    return flawed;
  }

  async #inTime<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#onCall();
    const late = new SyncError('write_failed', `The ERP did not answer within ${this.timeoutMs} ms.`);
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(late), this.timeoutMs);
    try {
      return await orAborted((async () => call(ending.signal))(), ending.signal);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      throw ending.signal.aborted ? late : asSyncError(error, 'write_failed');
    } finally {
      clearTimeout(timer);
    }
  }
}
