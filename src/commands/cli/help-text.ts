import { alignedLines } from './table.ts';

type Pair = readonly [what: string, meaning: string];

/** What stands below a command's options: how to use it, and what its exit status says. */
export function helpText(parts: {
  readonly notes?: readonly string[];
  /** What to type, and what it does. */
  readonly examples: readonly Pair[];
  readonly exits: readonly (readonly [status: number, meaning: string])[];
}): string {
  const exits = parts.exits.map(([status, meaning]): Pair => [String(status), meaning]);
  return [
    ...(parts.notes === undefined ? [] : ['', ...parts.notes]),
    ...section('Examples', parts.examples),
    ...section('Exit status', exits),
  ].join('\n');
}

export function section(title: string, pairs: readonly Pair[]): string[] {
  return ['', `${title}:`, ...alignedLines(pairs, [undefined, undefined]).map((line) => `  ${line}`)];
}
