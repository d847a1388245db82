import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { LEDGER_STATES, type LedgerState, type OrderCriteria } from '../../internal-system/ledger.ts';
import { everyOrder } from '../../order-lists/order-pages.ts';
import { withParcels } from '../../order-lists/with-parcels.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { run } from '../cli/run.ts';
import { parseSince } from '../cli/times.ts';
import { cannotAnswer, withInternalSystem } from '../connect/with-internal-system.ts';
import { printCsv, printJson, printRows } from './print-orders.ts';

interface OrdersOptions {
  readonly since?: Date;
  readonly until?: Date;
  readonly today?: true;
  readonly placed?: true;
  readonly state?: LedgerState;
  readonly conflicts?: true;
  readonly mismatch?: true;
  readonly undelivered?: true;
  readonly limit?: number;
  readonly json?: true;
  readonly csv?: true;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100_000;

export function defineOrders(program: Command): void {
  program
    .command('orders')
    .summary('list the latest orders')
    .description('Lists the orders with the latest activity, newest first. No personal data is shown.')
    .option('--since <time>', 'only orders with activity since: 15m, 1h, 2d, or 2026-11-22T08:00:00Z', parseSince)
    .option('--until <time>', 'only orders with activity before that time', parseSince)
    .option('--placed', 'go by when orders were placed, instead of their latest activity')
    .addOption(
      new Option('--today', "only orders placed today, in this machine's time zone").conflicts(['since', 'until']),
    )
    .addOption(
      new Option('--state <state>', 'only orders whose last delivery ended in this state').choices(LEDGER_STATES),
    )
    .option('--conflicts', 'only orders that changed after picking began, or that the shop has deleted')
    .option('--mismatch', 'only orders whose amounts do not add up')
    .option(
      '--undelivered',
      'only orders that the ERP behind the ledger has not got as they are stored, in whatever state',
    )
    .option('--limit <count>', `at most this many (default: ${DEFAULT_LIMIT}, with --csv ${MAX_LIMIT})`, parseLimit)
    .option('--json', 'print JSON lines')
    .addOption(new Option('--csv', 'print a file for Excel; times are UTC').conflicts('json'))
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync orders --since 1h', 'those of the last hour'],
          ['order-sync orders --state dead-lettered', 'those that need a person'],
          ['order-sync orders --state retrying', 'when each is tried again'],
          ['order-sync orders --conflicts', 'parcels to stop or check'],
          ['order-sync orders --undelivered', 'stored here and not in the ERP, refused or waiting'],
          ['order-sync orders --today --csv > today.csv', 'a spreadsheet of the orders placed today'],
        ],
        exits: [
          [EXIT.ok, 'listed, even if there are none'],
          [EXIT.failed, 'the INTERNAL_SYSTEM module cannot list orders'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(orders));
}

async function orders(options: OrdersOptions): Promise<number> {
  const { json, csv, limit = csv ? MAX_LIMIT : DEFAULT_LIMIT } = options;
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  const criteria = criteriaOf(options);
  return await withInternalSystem(config, async (system) => {
    if (system.listOrders === undefined) throw cannotAnswer('listOrders', config);
    const found = everyOrder(system.listOrders.bind(system), criteria, limit);
    const { retryDelaysMs } = config;
    if (json) await printJson(found, retryDelaysMs);
    else if (csv)
      await printCsv(withParcels(found, config.reportShipments ? system.shipments : undefined), retryDelaysMs);
    else await printRows(found, { retryDelaysMs, by: criteria.by });
    return EXIT.ok;
  });
}

function criteriaOf(options: OrdersOptions): OrderCriteria {
  const { today, placed, conflicts, mismatch, undelivered, until, state } = options;
  const since = today ? midnight() : options.since;
  return {
    by: placed || today ? 'placed' : 'activity',
    conflictsOnly: conflicts ?? false,
    mismatchOnly: mismatch ?? false,
    undeliveredOnly: undelivered ?? false,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(state === undefined ? {} : { state }),
  };
}

/** The last one here. */
function midnight(): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate());
}

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_LIMIT}.`);
}
