import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { type Mark, markedLines } from '../cli/marked-lines.ts';
import { print, printJson } from '../cli/output.ts';
import type { Progress } from '../cli/progress.ts';
import type { ContractCheck, Finding, Verdict } from './finding.ts';
import { type CheckedPromise, runChecks } from './run-checks.ts';

export interface ReportOptions {
  readonly json: boolean;
  /** Counts the requests. */
  readonly progress: Progress;
  readonly onBegin: (check: string) => void;
  /** How many orders it was in the end. */
  readonly orders: () => number;
}

/** Runs the checks and prints what they find, each at once. @returns the exit status @throws SyncError */
export async function report<S>(
  checks: readonly ContractCheck<S>[],
  subject: S,
  { json, progress, onBegin, orders }: ReportOptions,
): Promise<number> {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const results: CheckedPromise[] = [];
  for await (const result of runChecks(checks, subject, onBegin)) {
    results.push(result);
    progress.end();
    const lines = ({ name, findings }: CheckedPromise) =>
      findings.flatMap((finding, index) => described(index === 0 ? name : '', nameWidth, finding));
    if (!json) await print(...lines(result));
  }
  const isFine = count(results, 'wrong') === 0;
  if (json) await printJson({ ok: isFine, orders: orders(), requests: progress.count, checks: results });
  else await print('', summary(results, orders(), progress.count));
  return isFine ? EXIT.ok : EXIT.failed;
}

const MARKS: Readonly<Record<Verdict, Mark>> = { ok: 'ok', wrong: 'failed', odd: 'odd', skipped: 'skipped' };

function described(name: string, nameWidth: number, { verdict, message, examples = [], remedy }: Finding): string[] {
  return markedLines(MARKS[verdict], name, nameWidth, [
    message,
    ...examples.map((example, index) => `${index === 0 ? 'e.g.' : '    '} ${example}`),
    ...(remedy === undefined ? [] : [`→ ${remedy}`]),
  ]);
}

function summary(results: readonly CheckedPromise[], orders: number, requests: number): string {
  const with_ = `Tested with ${counted(orders, 'order')} in about ${counted(requests, 'request')}: `;
  const wrong = count(results, 'wrong');
  const odd = count(results, 'odd');
  const looks = odd === 0 ? '' : `, ${counted(odd, 'thing')} to look at (!)`;
  return `${with_}${wrong === 0 ? 'nothing is wrong' : `${counted(wrong, 'thing')} wrong (✗)`}${looks}.`;
}

function count(results: readonly CheckedPromise[], verdict: Verdict): number {
  return results.flatMap(({ findings }) => findings).filter((finding) => finding.verdict === verdict).length;
}
