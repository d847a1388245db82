import { alignedLines } from '../../src/commands/cli/table.ts';
import type { Figure } from '../figures/figure.ts';
import { type FigureResult, type Finding, inUnit, isMet, type Verdict } from './results.ts';

export type Found = ReadonlyMap<Figure, FigureResult>;

export function allVerdicts(found: Found): (Verdict | Finding)[] {
  return [...found.values()].flatMap(({ verdicts }) => verdicts);
}

/** For the terminal. */
export function tableText(found: Found): string {
  const rows = allVerdicts(found).map((verdict) => [mark(verdict), ...cells(verdict)]);
  return alignedLines(rows, [undefined, undefined, undefined, undefined, 'right', 'right']).join('\n');
}

/** For docs/performance.md. */
export function tableMarkdown(found: Found): string {
  const rows = allVerdicts(found).map((verdict) => `| ${[...cells(verdict), mark(verdict)].join(' | ')} |`);
  return ['| figure | order-sync | against | ratio | bar | |', '| --- | --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}

function cells(verdict: Verdict | Finding): string[] {
  const { what, measured, against, value, unit } = verdict;
  const bar = 'bar' in verdict ? `${verdict.sense === 'at least' ? '≥' : '≤'} ${inUnit(verdict.bar, unit)}` : '';
  return [what, measured, against, inUnit(value, unit), bar];
}

function mark(verdict: Verdict | Finding): string {
  if (!('bar' in verdict)) return '';
  return isMet(verdict) ? '✓' : '✗';
}
