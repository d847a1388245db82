import { createHash, randomBytes } from 'node:crypto';
import { brokerName, type Endpoint, type Endpoints } from '../endpoint.ts';
import { withAddresses } from './addresses.ts';

/** Every process has an order of its own, so that clients spread over the nodes; the connections of one process share it. */
const SALT = randomBytes(16).toString('hex');

/**
 * Which host is next. In a round, every host gets one try, and so does every address of a host that has several: each may be
 * another node. Names are looked up, and credentials read, for each round.
 */
export class Rounds {
  readonly #endpoints: () => Endpoints;
  readonly #salt: string;
  #untried: Endpoint[] = [];
  /** Position of the last one. */
  #last = '';

  constructor(endpoints: () => Endpoints, salt = SALT) {
    this.#endpoints = endpoints;
    this.#salt = salt;
  }

  /** The next host of this round, or the first of a new one. @throws BrokerOptionsError */
  async next(): Promise<Endpoint> {
    const [next, ...untried] = this.isOver ? await this.#newRound() : this.#untried;
    if (next === undefined) throw new TypeError('A round has one host at least.');
    this.#untried = untried;
    this.#last = this.#position(next);
    return next;
  }

  /** Every host of this round was tried: time for a pause. */
  get isOver(): boolean {
    return this.#untried.length === 0;
  }

  /** Begins a new round, in which the host of `next` counts as tried: it was up for a time. @throws BrokerOptionsError */
  async restart(): Promise<void> {
    const others = await this.#newRound();
    this.#untried = others.filter((endpoint) => this.#position(endpoint) !== this.#last);
  }

  /** Goes on after the last one, even if that is no longer listed. */
  async #newRound(): Promise<Endpoint[]> {
    const peers = await withAddresses(this.#endpoints());
    const sorted = peers.toSorted((a, b) => (this.#position(a) < this.#position(b) ? -1 : 1));
    const behind = sorted.filter((endpoint) => this.#position(endpoint) > this.#last);
    return [...behind, ...sorted.filter((endpoint) => !behind.includes(endpoint))];
  }

  /** By a salted hash: a random order that stays as it is when the list changes. */
  #position(endpoint: Endpoint): string {
    return createHash('sha256')
      .update(`${this.#salt} ${brokerName(endpoint)}`)
      .digest('hex');
  }
}
