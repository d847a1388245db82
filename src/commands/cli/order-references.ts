import { createInterface } from 'node:readline';
import { InvalidArgumentError } from 'commander';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import { say, visible } from './output.ts';

/** Stands for stdin where an order number is expected. */
export const STDIN = '-';
const LONGEST_SHOWN = 60;

/** For a variadic argument: each must be an order number or a shop id, each is taken once. */
export function addReference(text: string, previous: readonly string[] = []): readonly string[] {
  if (!isOrderReference(text)) throw new InvalidArgumentError(`An order number has ${ORDER_REFERENCE_RULE}.`);
  return previous.includes(text) ? previous : [...previous, text];
}

/** The same, and `-` for stdin. */
export function addReferenceOrStdin(text: string, previous: readonly string[] = []): readonly string[] {
  return text === STDIN ? [...previous, text] : addReference(text, previous);
}

/** Order numbers from stdin, one a line; blank lines don't count. */
export class ReferenceLines {
  /** Lines that are no order number. Each was reported on stderr when it was met. */
  bad = 0;

  async *read(): AsyncGenerator<string> {
    if (process.stdin.isTTY) say('Type order numbers, one a line; Ctrl-D ends.');
    let line = 0;
    for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1;
      const reference = text.replace(/^\uFEFF/, '').trim();
      if (reference === '') continue;
      if (isOrderReference(reference)) yield reference;
      else this.#report(line, reference);
    }
  }

  #report(line: number, text: string): void {
    this.bad += 1;
    const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
    say(`line ${line}: "${visible(shown)}" is no order number; expected ${ORDER_REFERENCE_RULE}. Skipped.`);
  }
}
