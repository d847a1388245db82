import { type Command, InvalidArgumentError } from 'commander';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { type KeptBecause, LEAST_RETENTION_DAYS } from '../../internal-system/retention-store.ts';
import { type PruneCounts, prune } from '../../retention/prune.ts';
import { audit } from '../cli/audit.ts';
import { confirm } from '../cli/confirm.ts';
import { counted } from '../cli/counted.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { auditCommand } from '../connect/command-actor.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

export function definePrune(program: Command): void {
  program
    .command('prune')
    .summary('delete old orders')
    .description(
      'Deletes the orders that changed last longer ago than that in the shop, with their lines, ledger rows and shipments, a few ' +
        'at a time, beside the daemon. What anybody still has to do something about is kept. With RETENTION_DAYS, the daemon does ' +
        'the same once a day.',
    )
    .requiredOption(
      '--older-than <days>',
      `days since the last change, such as 400d; at least ${LEAST_RETENTION_DAYS}d`,
      parseDays,
    )
    .option('--dry-run', 'count, and delete nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Kept are orders with an open conflict, paid ones that are still "new", those whose event is being',
          'retried or is a dead letter, those that the ERP has not got, and those with a shipment to report',
          'or a revision to publish. Afterwards, reconciliation and import leave orders alone that are as old',
          'and not here. Tables of your own and the ERP keep what they have.',
        ],
        examples: [
          ['order-sync prune --older-than 400d --dry-run', 'how many would that be, and which are kept?'],
          ['order-sync prune --older-than 400d', 'delete them for good, after asking'],
        ],
        exits: [
          [EXIT.ok, 'deleted, or counted'],
          [EXIT.failed, 'you answered no, or it was interrupted'],
          [EXIT.usage, '--yes is missing and there is no terminal to ask on'],
          [EXIT.unavailable, 'the database does not answer, or someone else is pruning'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the database refuses it'],
        ],
      }),
    )
    .action(async (options: PruneCommandOptions, command: Command) => {
      if (!options.yes && !options.dryRun && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to delete without asking');
      await run(pruneOrders)(options);
    });
}

interface PruneCommandOptions {
  readonly olderThan: number;
  readonly dryRun?: boolean;
  readonly yes?: true;
  readonly json?: true;
}

const DAY_MS = 24 * 3_600_000;

function parseDays(text: string): number {
  const [, digits = ''] = /^(\d{1,5})\s*d$/.exec(text.trim()) ?? [];
  const days = Number(digits);
  if (digits !== '' && days >= LEAST_RETENTION_DAYS) return days;
  throw new InvalidArgumentError(
    `Expected ${LEAST_RETENTION_DAYS}d or more, such as 400d: reconciliation looks back a while.`,
  );
}

async function pruneOrders({ olderThan, dryRun = false, yes, json }: PruneCommandOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  const before = new Date(Date.now() - olderThan * DAY_MS);
  const day = before.toISOString().slice(0, 10);
  if (
    !dryRun &&
    yes !== true &&
    !(await confirm(`Delete the orders that changed last before ${day} (UTC) for good?`))
  ) {
    say('Nothing was deleted.');
    return EXIT.failed;
  }
  const counts = await withInternalSystem(config, async (system) => {
    const done = await pruneIn(system, before, dryRun);
    if (!dryRun) await note(config, system, before, done);
    return done;
  });
  if (json) await printJson({ before: before.toISOString(), dryRun, ...counts });
  else await print(...describe(counts, day, dryRun));
  return EXIT.ok;
}

async function note(
  { log }: Pick<Config, 'log'>,
  system: InternalSystem,
  before: Date,
  { pruned, kept, ledgerRows }: PruneCounts,
): Promise<void> {
  const fields = { before: before.toISOString(), pruned, kept, ledgerRows };
  await audit(log, 'prune', fields, `${counted(pruned, 'order')} deleted`);
  await auditCommand(system, 'prune', [], { ...fields, done: pruned });
}

async function pruneIn({ retention, reconciliation: store }: InternalSystem, before: Date, dryRun: boolean) {
  if (retention === undefined || store === undefined)
    throw new CommandError('The module in INTERNAL_SYSTEM has no "retention", so order-sync can\'t delete there.');
  const word = dryRun ? 'found' : 'deleted';
  const progress = new Progress((count) => `${count} orders ${word} …`);
  const onPage = ({ pruned }: PruneCounts) => progress.add(pruned - progress.count);
  try {
    const counts = await prune({ retention, store, before, dryRun, signal: interruption(), onPage });
    if (counts !== undefined) return counts;
  } finally {
    progress.end();
  }
  throw new CommandError('A daemon or another command is pruning. Try again in a minute.', EXIT.unavailable);
}

const KEPT_WORDS: Readonly<Record<KeptBecause, string>> = {
  conflict: 'with an open conflict',
  unshipped: 'paid, and still to be shipped (fulfilment status "new")',
  failed: 'with an event that is being retried, or is a dead letter',
  undelivered: 'that the ERP has not got as they are',
  unreported: 'with a shipment that the shop has not been told of',
  unpublished: 'with a revision that is to be published',
};

function describe({ pruned, kept, ledgerRows }: PruneCounts, day: string, dryRun: boolean): string[] {
  const keptLines = (Object.keys(KEPT_WORDS) as KeptBecause[])
    .filter((why) => kept[why] > 0)
    .map((why) => `  ${kept[why]} ${KEPT_WORDS[why]}`);
  return [
    `${counted(pruned, 'order')} ${dryRun ? 'would be deleted' : 'deleted'}, changed last before ${day} (UTC).`,
    ...(keptLines.length === 0 ? [] : ['As old, and kept:', ...keptLines]),
    ...(ledgerRows === 0 ? [] : [`${counted(ledgerRows, 'ledger row')} of orders that are not stored deleted.`]),
  ];
}

/** The first Ctrl-C ends it after what is being deleted, a second one the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new CommandError('Interrupted. Run it again for the rest.'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  return controller.signal;
}
