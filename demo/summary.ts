import { relative } from 'node:path';
import { styleText } from 'node:util';
import { alignedLines } from '../src/commands/cli/table.ts';
import { OUTCOMES, type Outcome } from '../src/delivery/outcome.ts';
import type { Claim } from './checks/claims.ts';
import type { FoundDeadLetter } from './run/broker.ts';
import type { OrderTime } from './run/outcomes.ts';
import { PROJECT } from './run/settings.ts';

export interface Summary {
  readonly orders: number;
  readonly events: number;
  /** From the first event to the last outcome. */
  readonly seconds: number;
  readonly count: (outcome: Outcome) => number;
  readonly deadLetters: readonly FoundDeadLetter[];
  /** Orders that nothing delayed. */
  readonly undisturbed: readonly OrderTime[];
  readonly times: readonly OrderTime[];
  readonly claims: readonly Claim[];
  /** Path of the SQLite file. */
  readonly database: string;
  /** An order worth looking at. */
  readonly exampleOrder: string | undefined;
}

const MEANINGS: Readonly<Record<Outcome, string>> = {
  synced: 'committed in the internal system',
  unchanged: 'the internal system already held exactly this',
  stale: 'the internal system already held something newer',
  retrying: 'this attempt failed; another one followed',
  'dead-lettered': 'needs a person',
  requeued: 'returned to the queue during a pause; no attempt counted',
  split: 'named several orders; each got an event of its own',
};

const SHOWN_PROBLEMS = 5;
const SHOWN_LENGTH = 400;

/** The end of the demo, as text for the terminal. */
export function summaryText(summary: Summary): string {
  const { orders, events, seconds, claims } = summary;
  return [
    ...section(`${orders} orders and ${events} events in ${seconds.toFixed(1)} s`, outcomes(summary)),
    ...section('Dead letters', deadLetters(summary.deadLetters)),
    ...section('Latency, from publish to commit', latencies(summary)),
    ...section('Checked against the shop, the queues and the database', claims.flatMap(claim)),
    ...section('See for yourself', commands(summary)),
    '',
    verdict(claims),
    '',
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', styleText('bold', title), ...lines.map((line) => `  ${line}`)];
}

function outcomes({ count }: Summary): string[] {
  const rows = OUTCOMES.map((outcome) => [outcome, String(count(outcome)), styleText('dim', MEANINGS[outcome])]);
  return alignedLines(rows, [undefined, 'right', undefined]);
}

function deadLetters(found: readonly FoundDeadLetter[]): string[] {
  if (found.length === 0) return ['none'];
  const rows = found.flatMap(({ text, reason, error, attempts }) => [
    [styleText('red', reason), text],
    ['', styleText('dim', `${error} (${attempts === 1 ? '1 attempt' : `${attempts} attempts`})`)],
  ]);
  return alignedLines(rows, [undefined, undefined]);
}

function latencies({ undisturbed, times: all }: Summary): string[] {
  const row = (what: string, some: readonly OrderTime[]) => [
    what,
    'median',
    duration(percentile(some, 0.5)),
    'p99',
    duration(percentile(some, 0.99)),
  ];
  const rows = [
    row(`${undisturbed.length} undisturbed orders`, undisturbed),
    row(`all ${all.length}, with retries and pauses`, all),
  ];
  return alignedLines(rows, [undefined, undefined, 'right', undefined, 'right']);
}

/** The smallest time that this share of the orders did not exceed. */
function percentile(some: readonly OrderTime[], share: number): number | undefined {
  const sorted = some.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : `${ms} ms`;
}

function claim({ text, problems }: Claim): string[] {
  if (problems.length === 0) return [`${styleText('green', '✔')} ${text}`];
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `    ${problem.slice(0, SHOWN_LENGTH)}`);
  const more = problems.length - shown.length;
  return [`${styleText('red', '✘')} not true: ${text}`, ...shown, ...(more > 0 ? [`    and ${more} more`] : [])];
}

/** By then the queues are deleted, but not the database. So only commands that read nothing else. */
function commands({ database, exampleOrder }: Summary): string[] {
  const fromProject = relative(PROJECT, database);
  const path = fromProject.startsWith('..') ? database : fromProject;
  const orderSync = (args: string) => `INTERNAL_SYSTEM_URL=sqlite:${path} npm run -s order-sync -- ${args}`;
  return [
    ...(exampleOrder === undefined ? [] : [orderSync(`status ${exampleOrder}`)]),
    orderSync('orders'),
    orderSync('orders --state dead-lettered'),
  ];
}

function verdict(claims: readonly Claim[]): string {
  const untrue = claims.filter(({ problems }) => problems.length > 0);
  if (untrue.length === 0) return styleText('green', 'All checks passed.');
  return styleText('red', `Not true: ${untrue.map(({ text }) => text).join('; ')}.`);
}
