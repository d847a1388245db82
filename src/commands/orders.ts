import { type Command, InvalidArgumentError, Option } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import { LEDGER_STATES, type LedgerState, type OrderRecord } from '../internal-system/ledger.ts';
import { shownRecord } from '../internal-system/shown-record.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { print, printJsonLine, visible } from './cli/output.ts';
import { reasonOf, warningsOf } from './cli/record-text.ts';
import { run } from './cli/run.ts';
import { type Column, printTable } from './cli/table.ts';
import { ago, parseSince } from './cli/times.ts';
import { cannotAnswer, withInternalSystem } from './connect/with-internal-system.ts';

interface OrdersOptions {
  readonly since?: Date;
  readonly state?: LedgerState;
  readonly conflicts?: true;
  readonly undelivered?: true;
  readonly limit: number;
  readonly json?: true;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100_000;

export function defineOrders(program: Command): void {
  program
    .command('orders')
    .summary('list the latest orders')
    .description('Lists the orders with the latest activity, newest first. No personal data is shown.')
    .option('--since <time>', 'only orders with activity since: 15m, 1h, 2d, or 2026-11-22T08:00:00Z', parseSince)
    .addOption(
      new Option('--state <state>', 'only orders whose last delivery ended in this state').choices(LEDGER_STATES),
    )
    .option('--conflicts', 'only orders that changed after picking began, or that the shop has deleted')
    .option(
      '--undelivered',
      'only orders that the ERP behind the ledger has not got as they are stored, in whatever state',
    )
    .option('--limit <count>', 'at most this many', parseLimit, DEFAULT_LIMIT)
    .option('--json', 'print JSON lines')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync orders --since 1h', 'those of the last hour'],
          ['order-sync orders --state dead-lettered', 'those that need a person'],
          ['order-sync orders --conflicts', 'parcels to stop or check'],
          ['order-sync orders --undelivered', 'stored here and not in the ERP, refused or waiting'],
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

async function orders({ json, conflicts, undelivered, limit, since, state }: OrdersOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  const filter = {
    limit,
    conflictsOnly: conflicts ?? false,
    undeliveredOnly: undelivered ?? false,
    ...(since === undefined ? {} : { since }),
    ...(state === undefined ? {} : { state }),
  };
  const records = await withInternalSystem(config, async (system) => await system.listOrders?.(filter));
  if (records === undefined) throw cannotAnswer('listOrders', config);
  if (json) for (const record of records) await printJsonLine(shownRecord(record));
  else if ((await printTable(COLUMNS, records)) === 0) await print('No matching orders.');
  return EXIT.ok;
}

const COLUMNS: readonly Column<OrderRecord>[] = [
  { title: 'ORDER', value: ({ orderNumber, reference }) => orderNumber ?? reference },
  { title: 'STATE', value: ({ state }) => state },
  { title: 'STATUS', value: ({ stored }) => visible(stored?.status ?? '–') },
  {
    title: 'TOTAL',
    align: 'right',
    value: ({ stored }) => (stored === null ? '–' : `${stored.grandTotal} ${stored.currency}`),
  },
  { title: 'EVENT', value: ({ lastEvent }) => lastEvent },
  { title: 'ATTEMPTS', align: 'right', value: ({ attempts }) => String(attempts) },
  { title: 'RECEIVED', value: ({ receivedAt }) => ago(receivedAt) },
  { title: 'NOTE', value: noteOf },
];

function noteOf(record: OrderRecord): string {
  const { lastError } = record;
  return [...(lastError === null ? [] : [reasonOf(lastError)]), ...warningsOf(record, [record])].join('; ');
}

function parseLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_LIMIT}.`);
}
