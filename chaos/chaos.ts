import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ChaosCase, Choice, QueueType } from './cases/case.ts';
import { CATALOGUE } from './cases/catalogue.ts';
import { commandFor, label, table } from './report.ts';
import { type CaseResult, runCase } from './run-case.ts';
import type { DatabaseKind } from './servers/internal-database.ts';
import { noRabbitMQ4 } from './servers/rabbitmq4.ts';
import { type BrokerVersion, Servers } from './servers/servers.ts';

interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly json?: string;
  readonly database?: DatabaseKind;
  readonly queueType?: QueueType;
  readonly broker: BrokerVersion;
  readonly workers: number;
  readonly retries: number;
}

const SHOWN_VIOLATIONS = 12;

const program = new Command('npm run chaos --')
  .description('Injects faults into the real daemon, and checks that no order is lost, doubled or set back.')
  .argument('[cases...]', 'such as B2 N3 P3; the whole catalogue by default')
  .addOption(
    new Option('--seed <number>', 'repeat the run with this seed')
      .argParser(wholeNumber)
      .default(Math.floor(Math.random() * 1_000_000), 'random'),
  )
  .option('--minutes <number>', 'length of the random mixture X', Number, 1)
  .option('--workers <number>', 'cases at a time, each with its own servers', wholeNumber, 2)
  .option('--retries <number>', 'play a failed case again, up to this often; the table shows each', wholeNumber, 0)
  .option('--json <file>', 'also write the results to this file, after each case')
  .addOption(
    new Option('--database <kind>', "play on this internal system instead of the case's own").choices([
      'sqlite',
      'postgres',
      'mariadb',
    ]),
  )
  .addOption(
    new Option('--queue-type <type>', "play on this queue type instead of the case's own").choices([
      'classic',
      'quorum',
    ]),
  )
  .addOption(
    new Option('--broker <version>', 'RabbitMQ 3.10, or 4.0 from the folder CHAOS_RABBITMQ4')
      .choices(['3.10', '4.0'])
      .default('3.10'),
  )
  .helpOption('-h, --help', 'show this help');

await main();

async function main(): Promise<void> {
  program.parse();
  const options = program.opts<Options>();
  const tasks = chosen(program.args).flatMap((chaosCase) =>
    choicesOf(chaosCase, options).map((choice) => ({ chaosCase, choice })),
  );
  process.stdout.write(`seed ${options.seed}, ${tasks.length} cases\n`);
  /** The results of each task, retries included: the last one counts. */
  const plays: CaseResult[][] = tasks.map(() => []);
  const startedAt = performance.now();
  const sum = () => summary(plays, options.seed, performance.now() - startedAt);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      process.stdout.write(`${sum()}\nstopped by ${signal}\n`);
      process.exit(1);
    });
  const playOften = async (tries: CaseResult[], chaosCase: ChaosCase, choice: Choice, servers: Servers) => {
    do {
      const result = await play(chaosCase, choice, servers);
      tries.push(result);
      save(plays, options);
      process.stdout.write(`${done(plays)}/${tasks.length} ${outcomeOf(result)}\n`);
      if (result.verdict !== 'failed') break;
      explain(result);
      // A failed case may leave the servers in any state.
      await servers[Symbol.asyncDispose]();
    } while (tries.length <= options.retries);
  };
  // One worker plays all cases on the cluster, and one all those with a standby, so that there is one of each.
  const {
    cluster = [],
    standby = [],
    single = [],
  } = Object.groupBy(tasks.entries(), ([, { chaosCase }]) => {
    if (chaosCase.scene?.onCluster) return 'cluster';
    return chaosCase.scene?.hasStandby ? 'standby' : 'single';
  });
  const waiting = [cluster, standby, ...single.map((task) => [task])];
  const worker = async () => {
    await using servers = new Servers(options.broker);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      for (const [index, { chaosCase, choice }] of next) {
        await playOften(plays[index] ?? [], chaosCase, choice, servers);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, tasks.length) }, worker));
  process.stdout.write(`${sum()}\n`);
  // After hundreds of killed servers, Node has been seen to spin forever over handles that it cannot close at a natural end.
  process.exit(plays.some((tries) => tries.at(-1)?.verdict === 'failed') ? 1 : 0);
}

function summary(plays: readonly (readonly CaseResult[])[], seed: number, ms: number): string {
  const last = plays.flatMap((tries) => tries.at(-1) ?? []);
  const failed = last.filter(({ verdict }) => verdict === 'failed');
  const passed = last.filter(({ verdict }) => verdict === 'passed');
  const again = passed.length - plays.filter(([first]) => first?.verdict === 'passed').length;
  return [
    `\n${table(plays.flat())}\n`,
    `seed ${seed}: ${passed.length} passed, ${failed.length} failed, ${last.length - passed.length - failed.length} not run, in ${(ms / 60_000).toFixed(1)} minutes`,
    ...(again > 0 ? [`${again} of them passed only on a retry`] : []),
    ...failed.map((result) => `replay: ${commandFor(result)}`),
  ].join('\n');
}

function save(plays: readonly (readonly CaseResult[])[], { seed, json }: Options): void {
  if (json === undefined) return;
  writeFileSync(json, `${JSON.stringify({ seed, results: plays.flat().map(withoutLogs) }, null, 2)}\n`);
}

function done(plays: readonly (readonly CaseResult[])[]): number {
  return plays.filter((tries) => tries.length > 0).length;
}

function outcomeOf(result: CaseResult): string {
  const { fault, verdict, seconds, note } = result;
  const end = verdict === 'not run' ? `not run: ${note}` : `${verdict}, ${seconds} s`;
  return `${label(result)}: ${fault}: ${end}`;
}

function chosen(names: readonly string[]): readonly ChaosCase[] {
  const known = new Set(CATALOGUE.map(({ id }) => id));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0)
    program.error(`no such case: ${unknown.join(', ')}; expected some of ${[...known].join(', ')}`);
  return names.length === 0 ? CATALOGUE : CATALOGUE.filter(({ id }) => names.includes(id));
}

/** All variants of a case that the options allow. */
function choicesOf(chaosCase: ChaosCase, { seed, minutes, database, queueType, broker }: Options): Choice[] {
  const databases = database === undefined ? (chaosCase.databases ?? ['sqlite']) : [database];
  const queueTypes = queueType === undefined ? (chaosCase.queueTypes ?? ['classic']) : [queueType];
  return databases.flatMap((each) =>
    queueTypes.map((type): Choice => ({ database: each, queueType: type, broker, seed, minutes })),
  );
}

function play(chaosCase: ChaosCase, choice: Choice, servers: Servers): Promise<CaseResult> {
  const missing = choice.broker === '4.0' ? noRabbitMQ4() : undefined;
  return runCase(missing === undefined ? chaosCase : { ...chaosCase, cannot: () => missing }, choice, servers);
}

function explain(result: CaseResult): void {
  const { violations, note, logs, id, choice } = result;
  for (const { invariant, message } of violations.slice(0, SHOWN_VIOLATIONS))
    process.stdout.write(`    ${invariant} ${message}\n`);
  if (violations.length > SHOWN_VIOLATIONS)
    process.stdout.write(`    … and ${violations.length - SHOWN_VIOLATIONS} more\n`);
  if (note !== undefined) process.stdout.write(`    ${note}\n`);
  const folder = join('data', 'chaos', `${id}-${choice.database}-${choice.queueType}-${choice.seed}`);
  mkdirSync(folder, { recursive: true });
  for (const { name, output } of logs) writeFileSync(join(folder, `${name.replace(' ', '-')}.log`), output);
  process.stdout.write(`    logs: ${folder}\n    replay: ${commandFor(result)}\n`);
}

function withoutLogs({ logs: _logs, ...rest }: CaseResult): Omit<CaseResult, 'logs'> {
  return rest;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number');
  return value;
}
