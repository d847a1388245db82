import { alignedLines } from './table.ts';

type Entry = readonly [term: string, meaning: string];

/** What follows the options in a command's help: notes, examples, exit statuses. */
export function helpText(parts: {
  readonly notes?: readonly string[];
  /** What to type, and what it does. */
  readonly examples: readonly Entry[];
  readonly exits: readonly (readonly [status: number, meaning: string])[];
}): string {
  const exits = parts.exits.map(([status, meaning]): Entry => [String(status), meaning]);
  return [
    ...(parts.notes === undefined ? [] : ['', ...parts.notes]),
    ...section('Examples', parts.examples),
    ...section('Exit status', exits),
  ].join('\n');
}

export function section(title: string, entries: readonly Entry[]): string[] {
  return ['', `${title}:`, ...alignedLines(entries, [undefined, undefined]).map((line) => `  ${line}`)];
}
