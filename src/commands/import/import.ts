import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import type { ImportPlan } from '../../import/import-plan.ts';
import { confirm } from '../cli/confirm.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { printJsonLine, say } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { withBothSides } from '../connect/with-both-sides.ts';
import { describePlan, printResult } from './describe.ts';
import { type ImportOptions, parseFulfilment, parseRate, parseTime } from './options.ts';
import { runImport } from './run-import.ts';
import { targetOf } from './target.ts';

export function defineImport(program: Command): void {
  program
    .command('import')
    .summary("bring in the shop's past orders")
    .description(
      "The first import: walks the shop's list of placed orders, and writes those that are not here yet to the internal system. " +
        'It never goes through the queue, and stands back while live orders wait. Interrupted, the same command goes on where ' +
        'it stopped. Orders that are here stay as they are.',
    )
    .requiredOption('--since <time>', 'orders placed since then: 2024-01-01 (UTC), 400d', parseTime)
    .option('--until <time>', 'and before then', parseTime)
    .option(
      '--fulfilment <status>',
      'the fulfilment status of what is completed, refunded or cancelled in the shop, such as shipped',
      parseFulfilment,
    )
    .option(
      '--shipped-before <time>',
      'paid orders placed before then have that status, too; those placed since are new',
      parseTime,
    )
    .option('--ledger-only', 'with an ERP behind the ledger: it does not get them')
    .option('--to-erp', 'with an ERP behind the ledger: it gets them, too')
    .option('--no-mapping', 'leave the tables that MAPPING writes alone')
    .option('--rate <requests>', 'requests a second to the shop, at most', parseRate, 5)
    .option('--restart', 'begin anew instead of going on with an import that was interrupted')
    .option('--dry-run', 'count, and write nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON documents, one a line: each order that is left out, and the end')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Orders that are open in the shop become "new": the warehouse ships them. One that is open and',
          'was placed more than 30 days ago is left out and listed, as nobody could say whether it was',
          'shipped, until --shipped-before decides.',
          'Nothing is published of imported orders (SYNCED_EXCHANGE), and the shop is told nothing.',
          'stderr shows the progress; without a terminal, as a line of JSON every ten seconds.',
        ],
        examples: [
          ['order-sync import --since 2024-01-01 --dry-run', 'how many would that be?'],
          ['order-sync import --since 2024-01-01 --fulfilment shipped', 'explain, ask, import'],
          ['… --shipped-before 14d --yes', 'for a shop that never says "completed"'],
        ],
        exits: [
          [EXIT.ok, 'all of them are here'],
          [EXIT.failed, 'orders were left out with a reason, it was interrupted, or you answered no'],
          [EXIT.usage, '--fulfilment or --yes is missing, or an import with other options is unfinished'],
          [EXIT.unavailable, 'the shop or the internal system does not answer, or another import is running'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the credentials were refused'],
        ],
      }),
    )
    .action(async (options: ImportOptions, command: Command) => {
      if (options.fulfilment === undefined && !options.dryRun) command.error(FULFILMENT_MISSING);
      if (!options.yes && !options.dryRun && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to import without asking');
      await run(importOrders)(options);
    });
}

const FULFILMENT_MISSING =
  'error: say what the orders are that the shop has completed, refunded or cancelled: --fulfilment shipped, for instance. ' +
  'Without it, the warehouse would ship all of them again.';

async function importOrders(options: ImportOptions): Promise<number> {
  const config = loadConfig(readEnvironment());
  const target = await targetOf(config, options);
  const { rate, dryRun = false, ledgerOnly = false, json = false } = options;
  const isSure = async (plan: ImportPlan): Promise<boolean> => {
    say(...describePlan(plan, target, { rate, ledgerOnly }));
    return options.yes === true || dryRun || (await confirm('Import them?'));
  };
  return await withBothSides({ ...config, internalSystem: target.internalSystem }, 'deep', 'import', async (sides) => {
    const done = await runImport(config, sides, options, isSure);
    if (done === undefined) {
      say('Nothing was imported.');
      return EXIT.failed;
    }
    const { result, plan } = done;
    const { counts, problems } = result;
    if (json) await printJsonLine({ ...counts, isDryRun: dryRun, leftOut: problems });
    else await printResult(result, plan, dryRun);
    return counts.problems > 0 ? EXIT.failed : EXIT.ok;
  });
}
