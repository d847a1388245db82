import { brokerName, type Endpoint } from '../endpoint.ts';
import { BrokerRefusedError } from '../errors.ts';

/** One refused round may be brokers that are still loading their users and virtual hosts. */
const ROUNDS_AT_START = 3;

/**
 * Counts the rounds in a row in which every host refused us. One that was refused by some hosts and found others away is no
 * such round: those may take us. A host that has several addresses refuses if one of them does.
 */
export class RefusedRounds {
  readonly #patienceMs: number;
  readonly #tried = new Set<string>();
  readonly #refusing = new Set<string>();
  #refusal: BrokerRefusedError | undefined;
  #rounds = 0;
  #since = 0;

  /** @param patienceMs how long refusals that may pass are put up with */
  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  add(endpoint: Endpoint, error: Error): void {
    const { address: _, ...host } = endpoint;
    const name = brokerName(host);
    this.#tried.add(name);
    if (!(error instanceof BrokerRefusedError)) return;
    this.#refusing.add(name);
    this.#refusal = error;
  }

  /** @returns the refusal that ends it, once there were too many rounds */
  endRound(): BrokerRefusedError | undefined {
    const refusal = this.#refusing.size === this.#tried.size ? this.#refusal : undefined;
    this.#tried.clear();
    this.#refusing.clear();
    this.#refusal = undefined;
    this.#rounds = refusal === undefined ? 0 : this.#rounds + 1;
    if (this.#rounds === 1) this.#since = performance.now();
    if (refusal === undefined || this.#rounds < ROUNDS_AT_START) return undefined;
    const isOver = !refusal.mayPass || performance.now() - this.#since >= this.#patienceMs;
    return isOver ? refusal : undefined;
  }
}
