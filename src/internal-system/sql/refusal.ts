import { type FailureReason, SyncError } from '../../errors.ts';
import { withoutValues } from '../../orders/without-values.ts';

/**
 * A trigger or constraint in the company's database refused a write in words of its own. They may quote the order, so they are
 * kept to itself until someone who knows the order takes its values out of them.
 */
export class Refusal extends SyncError {
  readonly #words: string;

  /** @param finding a sentence without them */
  constructor(reason: FailureReason, finding: string, words: string) {
    super(reason, finding);
    this.#words = words;
  }

  /** The same, with what it said. @param documents all that it may have quoted */
  telling(documents: readonly unknown[]): SyncError {
    const words = withoutValues(this.#words, documents).replace(/\.$/, '');
    return new SyncError(this.reason, words === '' ? this.message : `${this.message.replace(/\.$/, '')}: ${words}.`);
  }
}

/** The rows were sent, no error came, and they are not there. */
export function suppressed(table: string, written: number, expected: number): SyncError {
  return new SyncError(
    'write_rejected',
    `The table ${table} took ${written} of ${expected} rows: a trigger or rule on it seems to have suppressed the others. Nothing was stored.`,
  );
}
