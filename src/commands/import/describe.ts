import { type ImportPlan, undecidedBefore } from '../../import/import-plan.ts';
import type { ImportCounts, ImportProblem, ImportResult } from '../../import/import-result.ts';
import { counted } from '../cli/counted.ts';
import { print, visible } from '../cli/output.ts';
import { type Column, printTable } from '../cli/table.ts';
import type { Target } from './target.ts';

/** What is about to happen, before anything does. */
export function describePlan(
  plan: ImportPlan,
  { isErp, hasMapping }: Target,
  { rate, ledgerOnly }: { readonly rate: number; readonly ledgerOnly: boolean },
): string[] {
  const { fulfilment, shippedBefore } = plan;
  const until = plan.until === undefined ? '' : ` and before ${time(plan.until)}`;
  return [
    `To import: the shop's orders placed since ${time(plan.since)}${until} that are not here yet.`,
    `  completed, refunded, cancelled in the shop: fulfilment status "${fulfilment}"`,
    ...(shippedBefore === undefined
      ? [
          '  paid and on hold: "new", so the warehouse ships them',
          `  of these, placed before ${time(undecidedBefore(plan))}: left out and listed, until --shipped-before says which are shipped`,
        ]
      : [
          `  paid and on hold, placed before ${time(shippedBefore)}: "${fulfilment}" as well`,
          '  paid and on hold, placed since then: "new", so the warehouse ships them',
        ]),
    '  not paid and not here: carts, left out',
    ...(hasMapping ? ['MAPPING writes them into your own tables as well (--no-mapping: it does not).'] : []),
    ...(isErp ? ['Each is created in the ERP as well.'] : []),
    ...(ledgerOnly ? ['The ERP does not hear of them.'] : []),
    'Nothing is published of them, and the shop is told nothing.',
    `At most ${rate} requests a second to the shop, and none while live orders wait.`,
  ];
}

export function describeProgress({ listed, open, over, here, problems }: ImportCounts, facts: ProgressFacts): string {
  const { placed, share, perSecond, remainingMs, isWaiting } = facts;
  return [
    `${counted(open + over, 'order')} imported of ${listed} listed`,
    `${here} here before`,
    ...(problems === 0 ? [] : [`${problems} left out`]),
    ...(placed === null ? [] : [`at ${placed.slice(0, 10)}${share === null ? '' : ` (${Math.floor(share * 100)} %)`}`]),
    isWaiting ? 'waiting for live orders' : `${perSecond.toFixed(1)}/s`,
    ...(remainingMs === null ? [] : [`about ${duration(remainingMs)} left`]),
  ].join(' · ');
}

export interface ProgressFacts {
  readonly placed: string | null;
  /** Of the time that is imported, 0 to 1; null while nobody knows. */
  readonly share: number | null;
  /** Orders. */
  readonly perSecond: number;
  readonly remainingMs: number | null;
  readonly isWaiting: boolean;
}

const SHOWN_PROBLEMS = 50;

export async function printResult(
  { counts, problems }: ImportResult,
  plan: ImportPlan,
  isDryRun: boolean,
): Promise<void> {
  const { open, over, here, carts, underWay, pruned } = counts;
  const left = [
    ...(carts === 0 ? [] : [`${counted(carts, 'cart')} (not paid, not stored)`]),
    ...(underWay === 0 ? [] : [`${counted(underWay, 'order')} changed moments ago, which the daemon brings`]),
    ...(pruned === 0 ? [] : [`${counted(pruned, 'order')} older than what is kept here`]),
  ];
  const verb = isDryRun ? 'To import' : 'Imported';
  await print(
    `${verb}: ${counted(open + over, 'order')} placed since ${time(plan.since)}, ${over} as "${plan.fulfilment}", ${open} as "new".`,
    `Here before: ${here}.${left.length === 0 ? '' : ` Left out: ${left.join(', ')}.`}`,
  );
  if (counts.problems === 0) return;
  await print('');
  await printTable(COLUMNS, problems.slice(0, SHOWN_PROBLEMS));
  const more = counts.problems - Math.min(problems.length, SHOWN_PROBLEMS);
  if (more > 0) await print(`… and ${more} more; --json lists them all.`);
  await print('', `${counted(counts.problems, 'order')} left out.`);
  const undecided = problems.filter(({ reason }) => reason === 'undecided').length;
  if (undecided > 0)
    await print(
      `${undecided} of them ${undecided === 1 ? 'is' : 'are'} open in the shop, and too old to be shipped by guessing. Run it again with`,
      `--shipped-before <day>: what was placed before that day comes in as "${plan.fulfilment}", the rest as "new".`,
    );
}

const COLUMNS: readonly Column<ImportProblem>[] = [
  { title: 'ORDER', value: ({ orderNumber }) => visible(orderNumber) },
  { title: 'STATUS', value: ({ status }) => status ?? '–' },
  { title: 'REASON', value: ({ reason }) => reason },
  { title: '', value: ({ detail }) => visible(detail) },
];

function time(instant: Date): string {
  const [day = '', clock = ''] = instant.toISOString().slice(0, 16).split('T');
  return clock === '00:00' ? `${day} (UTC)` : `${day} ${clock} UTC`;
}

function duration(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
