import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import {
  type PersonalSearch,
  type SearchedPart,
  type SearchHit,
  searchByText,
} from '../internal-system/search/search-by-text.ts';
import { shownRecord } from '../internal-system/shown-record.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { STDIN } from './cli/order-references.ts';
import { print, printJson, say, visible } from './cli/output.ts';
import { run } from './cli/run.ts';
import { type Column, printTable } from './cli/table.ts';
import { when } from './cli/times.ts';
import { cannotAnswer, withInternalSystem } from './connect/with-internal-system.ts';

export function defineFind(program: Command): void {
  program
    .command('find')
    .summary('find orders by whatever is known of them')
    .description(
      'Finds orders by number, shop id, tracking number, or the name, phone or email of the buyer, however it is written: ' +
        'pasted with its label, in a sentence, several at once. What matches exactly is the answer; of everything else, all that ' +
        'matches is listed. No personal data is shown.',
    )
    .argument('<text...>', 'what is known; "-" for stdin, so that no name stays in the history of the shell')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'A phone number is found whole, with or without its country code, or by its last 4 digits or more; a name and an',
          'email by their beginning. Of each search, the 20 orders placed last are listed.',
        ],
        examples: [
          ["order-sync find '订单号：１００８８'", 'an order number in any writing'],
          ["order-sync find '+86 138-0013-8000'", 'the orders of a phone number'],
          ['order-sync find 王小明', 'the orders of a buyer or recipient'],
          ['order-sync find - < mail.txt', 'what a mail is about'],
        ],
        exits: [
          [EXIT.ok, 'orders were found for each'],
          [EXIT.failed, 'nothing was found for one, or the INTERNAL_SYSTEM module cannot look orders up'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(find));
}

async function find(texts: readonly string[], { json }: { json?: true }): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  const given = await Promise.all(texts.map((each) => (each === STDIN ? text(process.stdin) : each)));
  const { parts, skipped } = await withInternalSystem(config, async (system) => {
    if (system.findOrders === undefined) throw cannotAnswer('findOrders', config);
    // Whoever may start this reads the internal system itself.
    return await searchByText(system, given.join('\n'), true);
  });
  if (json) await printJson({ searches: parts.map(asJson), skipped });
  else await printParts(parts);
  if (skipped > 0) say(`${skipped} more were not looked for: fewer at once, please.`);
  return parts.length > 0 && parts.every(({ hits }) => hits.length > 0) ? EXIT.ok : EXIT.failed;
}

function asJson({ hits, ...part }: SearchedPart) {
  return { ...part, orders: hits.map(({ record, by }) => ({ by, ...shownRecord(record) })) };
}

async function printParts(parts: readonly SearchedPart[]): Promise<void> {
  const rows = parts.flatMap(({ text, hits }) => hits.map((hit) => ({ text, hit })));
  await printTable(parts.length > 1 ? [FOR, ...COLUMNS] : COLUMNS, rows);
  for (const { text, hits, hasMore, personal } of parts) {
    if (hits.length === 0) await print(`Nothing found for "${visible(text)}".${WHY[personal]}`);
    if (hasMore) say(`There are more for "${visible(text)}": give more of it.`);
  }
}

interface FoundRow {
  readonly text: string;
  readonly hit: SearchHit;
}

const FOR: Column<FoundRow> = { title: 'FOR', value: ({ text }) => visible(text) };
const COLUMNS: readonly Column<FoundRow>[] = [
  { title: 'ORDER', value: ({ hit: { record, reference } }) => record.orderNumber ?? reference },
  { title: 'STATE', value: ({ hit }) => hit.record.state },
  { title: 'STATUS', value: ({ hit }) => visible(hit.record.stored?.status ?? '–') },
  { title: 'PLACED', value: ({ hit: { record } }) => (record.stored === null ? '–' : when(record.stored.placedAt)) },
  {
    title: 'TOTAL',
    align: 'right',
    value: ({ hit: { record } }) =>
      record.stored === null ? '–' : `${record.stored.grandTotal} ${record.stored.currency}`,
  },
  { title: 'BY', value: ({ hit }) => hit.by },
];

const WHY: Readonly<Record<PersonalSearch, string>> = {
  done: '',
  forbidden: '',
  unsupported: " The internal system's module has no searchOrders(): it is searched by order number and shop id only.",
  preparing:
    ' The search by name, phone, email and tracking number is not ready: the daemon prepares it when it starts, and says in its log if it cannot.',
};
