import { relative } from 'node:path';
import { styleText } from 'node:util';
import { OUTCOMES, type Outcome } from '../src/delivery/outcome.ts';
import type { Claim, OrderTime } from './checks/claims.ts';
import type { FoundDeadLetter } from './run/broker.ts';
import { PROJECT } from './run/settings.ts';

export interface Summary {
  readonly orders: number;
  readonly events: number;
  /** From the first event to the last outcome. */
  readonly seconds: number;
  readonly count: (outcome: Outcome) => number;
  readonly deadLetters: readonly FoundDeadLetter[];
  /** Of orders that nothing got in the way of. */
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
  unchanged: 'the internal system held exactly this already',
  stale: 'the internal system held something newer',
  retrying: 'this attempt failed; the event waited for another',
  'dead-lettered': 'needs a person',
  requeued: 'given back when consumption paused; no attempt counted',
};

const SHOWN_PROBLEMS = 5;
const SHOWN_LENGTH = 400;

/** The end of the demo, as text for the terminal. */
export function summaryText(summary: Summary): string {
  const { orders, events, seconds, claims } = summary;
  return [
    heading(`${orders} orders and ${events} events in ${seconds.toFixed(1)} s`),
    ...outcomes(summary),
    heading('Dead letters'),
    ...deadLetters(summary.deadLetters),
    heading('From publishing to committed'),
    ...times(summary),
    heading('Checked against database, queues and shop'),
    ...claims.flatMap(claim),
    heading('Look at it yourself'),
    ...commands(summary),
    '',
    verdict(claims),
    '',
  ].join('\n');
}

function outcomes({ count }: Summary): string[] {
  return OUTCOMES.map((outcome) => {
    return `  ${outcome.padEnd(13)} ${String(count(outcome)).padStart(5)}   ${styleText('dim', MEANINGS[outcome])}`;
  });
}

function deadLetters(found: readonly FoundDeadLetter[]): string[] {
  if (found.length === 0) return ['  none'];
  return found.flatMap(({ text, reason, error, attempts }) => [
    `  ${styleText('red', reason)}   ${text}`,
    styleText('dim', `    ${error} ${attempts === 1 ? '1 attempt' : `${attempts} attempts`}`),
  ]);
}

function times({ undisturbed, times: all }: Summary): string[] {
  const row = (what: string, some: readonly OrderTime[]) => {
    const [median, p99] = [percentile(some, 0.5), percentile(some, 0.99)].map(duration);
    return `  ${what.padEnd(36)} median ${median?.padStart(8)}   p99 ${p99?.padStart(8)}`;
  };
  return [
    row(`${undisturbed.length} undisturbed orders`, undisturbed),
    row(`all ${all.length}, retries and pauses included`, all),
  ];
}

/** The smallest time that so large a share of the orders did not exceed. */
function percentile(some: readonly OrderTime[], share: number): number | undefined {
  const sorted = some.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : `${ms} ms`;
}

function claim({ text, problems }: Claim): string[] {
  if (problems.length === 0) return [`  ${styleText('green', '✔')} ${text}`];
  const shown = problems.slice(0, SHOWN_PROBLEMS).map((problem) => `      ${problem.slice(0, SHOWN_LENGTH)}`);
  const more = problems.length - shown.length;
  return [`  ${styleText('red', '✘')} not true: ${text}`, ...shown, ...(more > 0 ? [`      and ${more} more`] : [])];
}

/** The queues are gone by then, the database is not. Only what the CLI reads from the database is shown. */
function commands({ database, exampleOrder }: Summary): string[] {
  const fromProject = relative(PROJECT, database);
  const path = fromProject.startsWith('..') ? database : fromProject;
  const orderSync = (args: string) => `  INTERNAL_SYSTEM_URL=sqlite:${path} npm run --silent order-sync -- ${args}`;
  return [
    ...(exampleOrder === undefined ? [] : [orderSync(`status ${exampleOrder}`)]),
    orderSync('orders'),
    orderSync('orders --state dead-lettered'),
  ];
}

function verdict(claims: readonly Claim[]): string {
  const untrue = claims.filter(({ problems }) => problems.length > 0);
  if (untrue.length === 0) return styleText('green', 'All of this is true.');
  return styleText('red', `Not true: ${untrue.map(({ text }) => text).join('; ')}.`);
}

function heading(text: string): string {
  return `\n${styleText('bold', text)}`;
}
