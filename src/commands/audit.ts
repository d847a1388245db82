import type { Command } from 'commander';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import type { AuditEntry, AuditStore } from '../internal-system/audit-store.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { print, printJsonLine, visible } from './cli/output.ts';
import { parseCount } from './cli/parse-count.ts';
import { run } from './cli/run.ts';
import { type Column, printTable } from './cli/table.ts';
import { ago } from './cli/times.ts';
import { withAudit } from './connect/with-audit.ts';

const DEFAULT_LIMIT = 50;
const PAGE = 200;
const SHOWN_ORDERS = 3;

export function defineAudit(program: Command): void {
  program
    .command('audit')
    .summary('list who did what')
    .description(
      'Lists what people did to orders and dead letters, in the dashboard and at command lines, newest first. The newest 5,000 of each ' +
        'action are kept.',
    )
    .option('--limit <count>', 'at most this many', parseCount, DEFAULT_LIMIT)
    .option('--json', 'print JSON lines')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync audit', 'the latest'],
          [`order-sync audit --limit 5000 --json | jq 'select(.action == "discarded")'`, 'who discarded what'],
        ],
        exits: [
          [EXIT.ok, 'listed, even if there is nothing'],
          [EXIT.failed, 'the INTERNAL_SYSTEM module keeps no audit'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(audit));
}

async function audit({ limit, json }: { readonly limit: number; readonly json?: true }): Promise<number> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withAudit(config, async (store) => {
    const entries = newest(store, limit);
    if (json) for await (const entry of entries) await printJsonLine(entry);
    else if ((await printTable(COLUMNS, entries)) === 0) await print('Nothing yet.');
    return EXIT.ok;
  });
}

async function* newest(store: AuditStore, limit: number): AsyncGenerator<AuditEntry> {
  let before: string | undefined;
  for (let left = limit; left > 0; ) {
    const page = await store.list(Math.min(left, PAGE), before);
    yield* page;
    left -= page.length;
    before = page.at(-1)?.id;
    if (before === undefined) return;
  }
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  { title: 'WHEN', value: ({ at }) => ago(at) },
  { title: 'WHO', value: ({ name }) => visible(name) },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'FROM', value: ({ address }) => address ?? '–' },
  { title: 'ACTION', value: ({ action }) => action },
  { title: 'COUNT', align: 'right', value: ({ details: { done } }) => (typeof done === 'number' ? String(done) : '–') },
  { title: 'ORDERS', value: ({ orders }) => ordersText(orders) },
  { title: 'RESTORABLE', align: 'right', value: ({ restorable }) => (restorable === 0 ? '–' : String(restorable)) },
];

function ordersText(orders: readonly string[]): string {
  const shown = orders.slice(0, SHOWN_ORDERS).map(visible).join(', ');
  return orders.length > SHOWN_ORDERS ? `${shown}, …` : shown || '–';
}
