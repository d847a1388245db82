import type { ShopClient } from '../../shop/shop-client.ts';
import type { Present } from './troubles.ts';

const ASK_EVERY_MS = 3_600_000;
const ASK_AGAIN_MS = 300_000;
const TIMEOUT_MS = 30_000;

/** What the shop itself says needs a person: asked once an hour. */
export class ShopWatch {
  #present: readonly Present[] = [];
  #askAt = Number.NEGATIVE_INFINITY;
  #hasAnswered = false;

  /** Before, nothing is known of what was so in an earlier process. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** What it said last. Never rejects. */
  async present(shop: ShopClient, signal: AbortSignal): Promise<readonly Present[]> {
    if (performance.now() < this.#askAt) return this.#present;
    this.#askAt = performance.now() + ASK_AGAIN_MS;
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      const [off, warnings] = await Promise.all([shop.webhooksOff?.(inTime), shop.warnings?.(inTime)]);
      this.#present = [
        ...(off ?? []).map((topic): Present => ({ trouble: { kind: 'webhook_off', topic } })),
        ...(warnings ?? []).map((warning): Present => ({ trouble: { kind: 'shop_warning', warning } })),
      ];
      this.#hasAnswered = true;
      this.#askAt = performance.now() + ASK_EVERY_MS;
    } catch {
      // Its outage is told by itself, and what it said last holds until it says something else.
    }
    return this.#present;
  }
}
