import stringWidth from 'string-width';
import type { Choice } from './cases/case.ts';
import type { CaseResult } from './run-case.ts';

const COLUMNS = [
  'case',
  'fault',
  'orders',
  'deliv.',
  'redel.',
  'dead',
  'lost',
  'doubled',
  'back',
  'recov. s',
  'verdict',
];

/** The table at the end, fit for a terminal and, with its bars, for Markdown. */
export function table(results: readonly CaseResult[]): string {
  const rows = results.map(row);
  const widths = COLUMNS.map((column, index) =>
    Math.max(...[column, ...rows.map((cells) => cells[index] ?? '')].map(width)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => pad(cell, widths[index] ?? 0)).join(' | ')} |`;
  return [line(COLUMNS), `|${widths.map((each) => '-'.repeat(each + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function row(result: CaseResult): string[] {
  const { numbers, fault, verdict, note } = result;
  const counts =
    numbers === undefined
      ? Array<string>(8).fill('')
      : [
          numbers.orders,
          numbers.deliveries,
          numbers.redeliveries,
          numbers.deadLetters,
          numbers.lost,
          numbers.doubled,
          numbers.regressed,
          numbers.recoverySeconds ?? '–',
        ].map(String);
  return [label(result), fault, ...counts, verdict === 'not run' ? `not run: ${note}` : verdict];
}

/** Such as `D1 postgres` or `B2 quorum`: what is usual is not named. */
export function label({ id, choice }: { readonly id: string; readonly choice: Choice }): string {
  const { database, queueType, broker } = choice;
  const parts = [database === 'sqlite' ? '' : database, queueType === 'classic' ? '' : queueType];
  return [id, ...parts, broker === '4.0' ? '4.0' : ''].filter((part) => part !== '').join(' ');
}

/** The command that plays this variant again, the same way. */
export function commandFor({ id, choice }: CaseResult): string {
  const { database, queueType, broker, seed } = choice;
  const more = broker === '4.0' ? ' --broker 4.0' : '';
  return `npm run chaos -- ${id} --database ${database} --queue-type ${queueType} --seed ${seed}${more}`;
}

function pad(text: string, to: number): string {
  return text + ' '.repeat(Math.max(0, to - width(text)));
}

function width(text: string): number {
  return stringWidth(text);
}
