import { styleText } from 'node:util';
import { visible } from './output.ts';

const MARKS = {
  ok: ['green', '✓'],
  failed: ['red', '✗'],
  odd: ['yellow', '!'],
  skipped: ['yellow', '–'],
} as const;
export type Mark = keyof typeof MARKS;

/** `✓ name  first line`, and further lines below the first. Coloured if stdout is a terminal that supports it. */
export function markedLines(mark: Mark, name: string, nameWidth: number, lines: readonly string[]): string[] {
  const [colour, sign] = MARKS[mark];
  const [first = '', ...rest] = lines.map(visible);
  const head = `${styleText(colour, sign, { stream: process.stdout })} ${name.padEnd(nameWidth)}`;
  return [`${head}  ${first}`, ...rest.map((line) => `${' '.repeat(nameWidth + 4)}${line}`)];
}
