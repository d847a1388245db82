import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** More than any number of people and probes need, and little beside the orders' own work. */
const REQUESTS_PER_SECOND = 100;
/** No browser sends another request before the answer; a flood does. */
const WAITING_PER_CONNECTION = 4;

/**
 * Bounds what requests may cost the daemon: past 100 in a second, the next ones wait for their second. Connections are few
 * (see the server's limit) and wait for an answer each, so a flood slows itself down and not the orders.
 */
export class RequestBudget {
  readonly #waiting = new WeakMap<Socket, number>();
  #second = 0;
  #taken = 0;

  /**
   * Resolves when a request may be answered: to false when there is nobody to answer to, or nobody who deserves it.
   *
   * @param cost of an ordinary request 1
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
    if (this.#taken >= REQUESTS_PER_SECOND) return false;
    this.#taken += cost;
    return true;
  }
}
