import { styleText } from 'node:util';
import { Command } from 'commander';
import { alignedLines } from '../src/commands/cli/table.ts';
import { startMedusa } from './medusa/medusa.ts';
import { CACHE } from './rig/cache.ts';
import { deleteVirtualHost, dropDatabase } from './rig/servers.ts';
import type { Row } from './row.ts';
import { runShop, type ShopResult } from './run-shop.ts';
import { startVendure } from './vendure/vendure.ts';

const SHOPS = {
  vendure: () => runShop('vendure', startVendure, say),
  medusa: () => runShop('medusa', startMedusa, say),
};
const NAMES = ['vendure', 'medusa'] as const;

const program = new Command('npm run real-shops --')
  .description(
    'Installs and starts real shops, lets orders happen in them, and compares each order that the daemon stores, field by field, ' +
      'with what the shop says.',
  )
  .argument('[shops...]', `some of ${NAMES.join(', ')}; all by default`)
  .option('--down', 'only drop what an interrupted run left in PostgreSQL and RabbitMQ')
  .addHelpText('after', `\nNeeds PostgreSQL and RabbitMQ (rabbitmqctl) on this machine. Packages stay in ${CACHE}.`)
  .helpOption('-h, --help', 'show this help');

await main();

async function main(): Promise<void> {
  program.parse();
  const unknown = program.args.filter((name) => !NAMES.some((known) => known === name));
  if (unknown.length > 0) program.error(`no such shop: ${unknown.join(', ')}; expected some of ${NAMES.join(', ')}`);
  const chosen = NAMES.filter((name) => program.args.length === 0 || program.args.includes(name));
  if (program.opts<{ down?: true }>().down === true) return await down(chosen);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  let isRight = true;
  for (const name of chosen) {
    const result = await SHOPS[name]();
    process.stdout.write(`\n${report(result)}\n`);
    isRight &&= result.problems.length === 0 && result.rows.every(({ problems }) => problems.length === 0);
  }
  process.exitCode = isRight ? 0 : 1;
}

async function down(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await dropDatabase(name);
    deleteVirtualHost(name);
  }
}

function report({ title, rows, problems }: ShopResult): string {
  const wrong = rows.filter((row) => row.problems.length > 0);
  const fields = rows.reduce((total, row) => total + row.fields, 0);
  const sum = `${title}: ${rows.length - wrong.length} of ${rows.length} cases right, ${fields} fields compared`;
  const isRight = wrong.length === 0 && problems.length === 0;
  return [
    ...alignedLines(rows.map(cells), [undefined, undefined, 'right', undefined]),
    ...wrong.flatMap((row) => ['', row.title, ...row.problems.map((problem) => `  ${problem}`)]),
    ...problems,
    '',
    styleText(isRight ? 'green' : 'red', sum),
  ].join('\n');
}

function cells({ title, status, fields, problems }: Row): string[] {
  const mark = problems.length === 0 ? styleText('green', '✔') : styleText('red', `✘ ${problems.length} wrong`);
  return [title, status, `${fields} fields`, mark];
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
