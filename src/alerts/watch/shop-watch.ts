import type { ShopClient } from '../../shop/shop-client.ts';
import type { SharedTrouble } from './happening.ts';

const ASK_EVERY_MS = 3_600_000;
const ASK_AGAIN_MS = 300_000;
const TIMEOUT_MS = 30_000;

/** What the shop itself says needs a person: asked once an hour. */
export class ShopWatch {
  #present: readonly SharedTrouble[] | undefined;
  #askAt = Number.NEGATIVE_INFINITY;

  /** What it said last; undefined until it has said something. Never rejects. */
  async present(shop: ShopClient, signal: AbortSignal): Promise<readonly SharedTrouble[] | undefined> {
    if (performance.now() < this.#askAt) return this.#present;
    this.#askAt = performance.now() + ASK_AGAIN_MS;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const [off, warnings] = await Promise.all([shop.webhooksOff?.(inTime), shop.warnings?.(inTime)]);
      this.#present = [
        ...(off ?? []).map((topic) => ({ kind: 'webhook_off', topic }) as const),
        ...(warnings ?? []).map((warning) => ({ kind: 'shop_warning', warning }) as const),
      ];
      this.#askAt = performance.now() + ASK_EVERY_MS;
    } catch {
      // Its outage is told by itself, and what it said last holds until it says something else.
    }
    return this.#present;
  }
}
