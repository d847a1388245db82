import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Command } from 'commander';
import { startDemoShop } from '../demo/demo-shop.ts';
import {
  createDatabase,
  createVirtualHost,
  databaseUrl,
  deleteVirtualHost,
  dropDatabase,
} from '../real-shops/rig/servers.ts';
import { alignedLines } from '../src/commands/cli/table.ts';
import { CASES, type Case } from './cases.ts';
import { Daemon } from './daemon.ts';
import { Events } from './events.ts';
import { KILL_CASES } from './kill-cases.ts';
import { Rig, type Row } from './rig.ts';
import { STAFF_CASES } from './staff-cases.ts';
import { FOLDER } from './tryton/folder.ts';
import { installTryton, trytonVersion } from './tryton/install.ts';
import {
  configFile,
  connectTo,
  createTrytonDatabase,
  DATABASE,
  dropSeed,
  dropTrytonDatabase,
  PASSWORDS,
} from './tryton/seed.ts';
import { Staff } from './tryton/staff.ts';
import { TrytonServer } from './tryton/tryton-server.ts';
import { WatchingProxy } from './tryton/watching-proxy.ts';

/** Of the ledger's database and of the virtual host. */
const NAME = 'erp';

const program = new Command('npm run real-erp --')
  .description(
    'Starts a real Tryton, lets orders happen, be changed and be cancelled while staff work and processes are killed, and compares ' +
      'each sale in its tables, field by field, with the order.',
  )
  .option('--only <words>', 'only the cases whose titles contain this')
  .option('--down', 'only drop what runs have left: databases, virtual host, and the database that new runs copy')
  .addHelpText(
    'after',
    `\nNeeds Debian or Ubuntu (Tryton is installed from there, by root), PostgreSQL and RabbitMQ (rabbitmqctl). Logs: ${FOLDER}`,
  )
  .helpOption('-h, --help', 'show this help');

await main();

async function main(): Promise<void> {
  program.parse();
  const { down, only = '' } = program.opts<{ down?: true; only?: string }>();
  if (down === true) return await clear();
  const cases = [...CASES, ...STAFF_CASES, ...KILL_CASES].filter(({ title }) => title.includes(only));
  if (cases.length === 0) program.error(`no case is called "${only}"`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
  const rows = await run(cases);
  const isRight = rows.every(({ problems }) => problems.length === 0);
  process.stdout.write(`\n${report(rows, isRight)}\n`);
  process.exitCode = isRight ? 0 : 1;
}

async function clear(): Promise<void> {
  await dropTrytonDatabase();
  await dropSeed();
  await dropDatabase(NAME);
  deleteVirtualHost(NAME);
}

async function run(cases: readonly Case[]): Promise<Row[]> {
  await using cleanUp = new AsyncDisposableStack();
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  await installTryton();
  const port = await freePort();
  const config = configFile(port);
  await createTrytonDatabase(config, say);
  cleanUp.defer(() => dropTrytonDatabase());
  const tryton = new TrytonServer(config, port, DATABASE);
  await tryton.start();
  cleanUp.defer(() => tryton.stop());
  await createDatabase(NAME);
  cleanUp.defer(() => dropDatabase(NAME));
  const amqpUrl = createVirtualHost(NAME);
  cleanUp.defer(() => deleteVirtualHost(NAME));
  const shop = await startDemoShop();
  cleanUp.defer(() => shop.close());
  const proxy = await WatchingProxy.start(tryton.url);
  cleanUp.defer(() => proxy.close());
  const env = {
    RABBITMQ_URL: amqpUrl,
    SHOP_NAME: 'web',
    SHOP_BASE_URL: shop.url,
    SHOP_TOKEN: shop.token,
    INTERNAL_SYSTEM_PRESET: 'tryton',
    INTERNAL_SYSTEM_URL: databaseUrl(NAME),
    ERP_DATABASE: DATABASE,
    ERP_USER: 'order-sync',
    ERP_PASSWORD: PASSWORDS.erp,
    RETRY_DELAYS_MS: '1000,5000,20000,60000',
  };
  const daemonOf = async (name: string, url: string) =>
    new Daemon(join(FOLDER, name), { ...env, ERP_URL: url, OPS_PORT: String(await freePort()) });
  const daemons = [await daemonOf('first', proxy.url), await daemonOf('second', tryton.url)] as const;
  for (const daemon of daemons) cleanUp.defer(() => daemon.stop());
  say(await daemons[0].command(['check']));
  await daemons[0].start();
  const events = await Events.connect(amqpUrl);
  cleanUp.defer(() => events.close());
  const sales = await connectTo(DATABASE);
  cleanUp.defer(() => sales.end());
  const ledger = await connectTo(new URL(databaseUrl(NAME)).pathname.slice(1));
  cleanUp.defer(() => ledger.end());
  const staff = new Staff(`${tryton.url}/${DATABASE}/`);
  const rig = new Rig({ shop, events, tryton, sales, ledger, staff, proxy, daemons });
  return await playAll(cases, rig);
}

async function playAll(cases: readonly Case[], rig: Rig): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [index, { title, play }] of cases.entries()) {
    say(`  ${title}`);
    const number = (name: string) => `R${index}-${name}`;
    const failed = (error: unknown) => ({ orders: 0, fields: 0, problems: [String(error)] });
    rows.push({ title, ...(await play(rig, number).catch(failed)) });
  }
  return rows;
}

function report(rows: readonly Row[], isRight: boolean): string {
  const wrong = rows.filter((row) => row.problems.length > 0);
  const [orders, fields] = [sum(rows, 'orders'), sum(rows, 'fields')];
  const cases = `${rows.length - wrong.length} of ${rows.length} cases right`;
  const summary = `Tryton ${trytonVersion()}: ${cases}, ${orders} orders, ${fields} fields compared`;
  return [
    ...alignedLines(rows.map(cells), [undefined, 'right', 'right', undefined]),
    ...wrong.flatMap((row) => ['', row.title, ...row.problems.slice(0, 20).map((problem) => `  ${problem}`)]),
    '',
    styleText(isRight ? 'green' : 'red', summary),
  ].join('\n');
}

function cells({ title, orders, fields, problems }: Row): string[] {
  const mark = problems.length === 0 ? styleText('green', '✔') : styleText('red', `✘ ${problems.length} wrong`);
  return [title, `${orders} orders`, `${fields} fields`, mark];
}

function sum(rows: readonly Row[], name: 'orders' | 'fields'): number {
  return rows.reduce((total, row) => total + row[name], 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
