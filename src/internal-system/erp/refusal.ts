import { SyncError } from '../../errors.ts';
import type { Order } from '../../orders/order.ts';
import { rejected } from './failures.ts';

/**
 * The ERP has refused a request in words of its own: for `problem`, which knows no order. The words may quote a person, so they
 * are kept to itself until `defineSink` takes the order's personal data out of them.
 */
export class Refusal extends SyncError {
  readonly #words: string;

  constructor(words: string) {
    super('write_rejected', 'The internal system refuses this.');
    this.#words = words;
  }

  /** The same, with what the ERP said. */
  of(order: Order): SyncError {
    return rejected(this.#words, order);
  }
}
