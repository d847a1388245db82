import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** More than people and probes ever need, and little compared with the work on orders. */
const REQUESTS_PER_SECOND = 100;
/** A browser waits for the answer before it sends another request; a flood does not. */
const WAITING_PER_CONNECTION = 4;

/**
 * Bounds what requests may cost the process: beyond 100 in a second, unless told otherwise, further ones wait for the next second. Connections are
 * few (see the server's limit) and each waits for its answer, so a flood slows itself down and not the orders.
 */
export class RequestBudget {
  readonly #waiting = new WeakMap<Socket, number>();
  readonly #perSecond: number;
  #second = 0;
  #taken = 0;

  constructor(perSecond = REQUESTS_PER_SECOND) {
    this.#perSecond = perSecond;
  }

  /**
   * Resolves once a request may be answered; to false if its connection is gone, or was cut off for flooding.
   *
   * @param cost 1 for an ordinary request
   */
  async take(socket: Socket, cost = 1): Promise<boolean> {
    const waiting = (this.#waiting.get(socket) ?? 0) + 1;
    if (waiting > WAITING_PER_CONNECTION) {
      socket.destroy();
      return false;
    }
    this.#waiting.set(socket, waiting);
    while (!socket.destroyed && !this.#takeNow(cost))
      await sleep(1000 - (Date.now() % 1000), undefined, { ref: false });
    this.#waiting.set(socket, (this.#waiting.get(socket) ?? 1) - 1);
    return !socket.destroyed;
  }

  #takeNow(cost: number): boolean {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#taken = 0;
    }
    if (this.#taken >= this.#perSecond) return false;
    this.#taken += cost;
    return true;
  }
}
