import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

/** The pages that monitoring, probes and a dashboard without its live stream request, but far more often than they do. */
const POLLED = ['/metrics', '/readyz', '/livez', '/api/now'];
const POLL_EVERY_MS = 1_000;
/** Open dashboards. */
const FOLLOWERS = 2;
const TRY_AGAIN_MS = 20;
/** Of one answer a second; a process that is starting or stopping answers fewer. */
const SHARE_ANSWERED = 0.8;

/** Requests an operations port's pages all the time, from before the daemon starts until disposed of. */
export class Audience implements AsyncDisposable {
  readonly #origin: string;
  readonly #leaving = new AbortController();
  readonly #heard = new Map<string, number>();
  readonly #looking: Promise<unknown>;

  constructor(port: number) {
    this.#origin = `http://127.0.0.1:${port}`;
    const followers = Array.from({ length: FOLLOWERS }, (_, index) => this.#follow(`live stream ${index + 1}`));
    this.#looking = Promise.all([...POLLED.map((path) => this.#poll(path)), ...followers]);
  }

  /** @returns one line for each page that answered too rarely for the figure to mean anything */
  findMissing(seconds: number): string[] {
    const atLeast = Math.max(1, Math.floor(seconds * SHARE_ANSWERED));
    return [...this.#heard]
      .filter(([, times]) => times < atLeast)
      .map(([what, times]) => `expected ${atLeast} answers from ${what}, found ${times}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#looking;
  }

  #poll(path: string): Promise<void> {
    return this.#keepTrying(path, async (signal) => {
      const { statusCode, body } = await request(`${this.#origin}${path}`, { signal });
      await body.dump();
      if (statusCode === 200) this.#count(path);
      await sleep(statusCode === 200 ? POLL_EVERY_MS : TRY_AGAIN_MS, undefined, { signal });
    });
  }

  #follow(name: string): Promise<void> {
    return this.#keepTrying(name, async (signal) => {
      const { body } = await request(`${this.#origin}/api/live`, { signal });
      for await (const _ of body) this.#count(name);
    });
  }

  /** Keeps trying while the daemon does not listen yet. */
  async #keepTrying(what: string, look: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#leaving;
    this.#heard.set(what, 0);
    while (!signal.aborted) {
      await look(signal).catch(() => sleep(TRY_AGAIN_MS));
    }
  }

  #count(what: string): void {
    this.#heard.set(what, (this.#heard.get(what) ?? 0) + 1);
  }
}
