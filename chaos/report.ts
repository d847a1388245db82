import { alignedLines } from '../src/commands/cli/table.ts';
import type { Choice } from './cases/case.ts';
import type { CaseResult } from './run-case.ts';

const NUMBERS = ['orders', 'deliv.', 'redel.', 'dead', 'lost', 'doubled', 'back', 'recov. s'];
const TITLES = ['case', 'fault', ...NUMBERS, 'verdict'];
const ALIGNS = TITLES.map((title) => (NUMBERS.includes(title) ? ('right' as const) : undefined));

/** The table at the end: aligned for a terminal, and valid Markdown. */
export function table(results: readonly CaseResult[]): string {
  const rule = ALIGNS.map((align) => (align === 'right' ? '---:' : '---'));
  const rows = [TITLES, rule, ...results.map(row)].map((cells) => ['|', ...cells.flatMap((cell) => [cell, '|'])]);
  return alignedLines(rows, [undefined, ...ALIGNS.flatMap((align) => [align, undefined])]).join('\n');
}

function row(result: CaseResult): string[] {
  const { numbers, fault, verdict, note } = result;
  const counts =
    numbers === undefined
      ? NUMBERS.map(() => '')
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

/** Such as `D1 postgres` or `B2 quorum`: only what differs from the usual choice. */
export function label({ id, choice }: { readonly id: string; readonly choice: Choice }): string {
  const { database, queueType, broker } = choice;
  const parts = [database === 'sqlite' ? '' : database, queueType === 'classic' ? '' : queueType];
  return [id, ...parts, broker === '4.0' ? '4.0' : ''].filter((part) => part !== '').join(' ');
}

/** The command that plays this variant once more. */
export function commandFor({ id, choice }: CaseResult): string {
  const { database, queueType, broker, seed } = choice;
  const more = broker === '4.0' ? ' --broker 4.0' : '';
  return `npm run chaos -- ${id} --database ${database} --queue-type ${queueType} --seed ${seed}${more}`;
}
