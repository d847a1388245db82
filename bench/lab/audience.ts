import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';

/** What monitoring, probes, and a page whose live stream does not get through ask for: far more often than they do. */
const POLLED = ['/metrics', '/readyz', '/livez', '/api/now'];
const POLL_EVERY_MS = 1_000;
/** Pages that are open. */
const FOLLOWERS = 2;
const TRY_AGAIN_MS = 20;
/** Of the answers that a second each would make; a process on its way up and down answers fewer. */
const SHARE_ANSWERED = 0.8;

/** Looks at an operations port without a pause, from before the daemon is up until this is disposed of. */
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

  /** @returns what was answered too seldom for the figure to mean anything; one line each */
  findMissing(seconds: number): string[] {
    const atLeast = Math.max(1, Math.floor(seconds * SHARE_ANSWERED));
    return [...this.#heard]
      .filter(([, times]) => times < atLeast)
      .map(([what, times]) => `expected ${atLeast} answers of ${what}, found ${times}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    await this.#looking;
  }

  #poll(path: string): Promise<void> {
    return this.#again(path, async (signal) => {
      const { statusCode, body } = await request(`${this.#origin}${path}`, { signal });
      await body.dump();
      if (statusCode === 200) this.#count(path);
      await sleep(statusCode === 200 ? POLL_EVERY_MS : TRY_AGAIN_MS, undefined, { signal });
    });
  }

  #follow(name: string): Promise<void> {
    return this.#again(name, async (signal) => {
      const { body } = await request(`${this.#origin}/api/live`, { signal });
      for await (const _ of body) this.#count(name);
    });
  }

  /** While nobody listens there it tries again: the daemon is not up yet. */
  async #again(what: string, look: (signal: AbortSignal) => Promise<void>): Promise<void> {
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
