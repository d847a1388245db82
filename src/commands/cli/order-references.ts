import { createInterface } from 'node:readline';
import { InvalidArgumentError } from 'commander';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import { say, visible } from './output.ts';

/** Means stdin, where an order number is expected. */
export const STDIN = '-';
const LONGEST_SHOWN = 60;

/** For a variadic argument: each value must be an order number or a shop id; duplicates are dropped. */
export function addReference(text: string, previous: readonly string[] = []): readonly string[] {
  const reference = text.trim();
  if (!isOrderReference(reference)) throw new InvalidArgumentError(`An order number has ${ORDER_REFERENCE_RULE}.`);
  return previous.includes(reference) ? previous : [...previous, reference];
}

/** For a command to copy into a shell, where "#" begins a comment and "-" an option. No order number has an apostrophe. */
export function asArguments(references: readonly string[]): string {
  const words = references.map((reference) => (/^[\w.:/-]+$/.test(reference) ? reference : `'${reference}'`));
  return [...(references.some((reference) => reference.startsWith('-')) ? ['--'] : []), ...words].join(' ');
}

/** The same, but also takes `-` for stdin. */
export function addReferenceOrStdin(text: string, previous: readonly string[] = []): readonly string[] {
  return text === STDIN ? [...previous, text] : addReference(text, previous);
}

/** Order numbers from stdin, one per line; blank lines are ignored. */
export class ReferenceLines {
  /** Lines that are not an order number. Each one was reported on stderr. */
  bad = 0;

  async *read(): AsyncGenerator<string> {
    if (process.stdin.isTTY) say('Type order numbers, one per line. Ctrl-D ends the list.');
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
    say(`line ${line}: "${visible(shown)}" is not an order number; expected ${ORDER_REFERENCE_RULE}. Skipped.`);
  }
}
