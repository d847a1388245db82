import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ChaosCase, Choice, QueueType } from './case.ts';
import { CATALOGUE } from './catalogue.ts';
import type { DatabaseKind } from './internal-database.ts';
import { noRabbitMQ4 } from './rabbitmq4.ts';
import { commandFor, label, table } from './report.ts';
import { type CaseResult, runCase } from './run-case.ts';
import { type BrokerVersion, Servers } from './servers.ts';

interface Options {
  readonly seed: number;
  readonly minutes: number;
  readonly json?: string;
  readonly database?: DatabaseKind;
  readonly queueType?: QueueType;
  readonly broker: BrokerVersion;
  readonly workers: number;
}

const SHOWN_VIOLATIONS = 12;

const program = new Command('npm run chaos --')
  .description(
    'Plays the fault catalogue against the real daemon and checks that no order is lost, doubled or set back.',
  )
  .argument('[cases...]', 'such as B2 N3 P3; all of the catalogue when none is given')
  .option('--seed <number>', 'repeats a run', wholeNumber, Math.floor(Math.random() * 1_000_000))
  .option('--minutes <number>', 'how long the random mixture X lasts', Number, 1)
  .option('--workers <number>', 'cases played at a time, each with servers of its own', wholeNumber, 2)
  .option('--json <file>', 'writes the results there too')
  .addOption(
    new Option('--database <kind>', 'play on this internal system instead of those each case is about').choices([
      'sqlite',
      'postgres',
      'mariadb',
    ]),
  )
  .addOption(new Option('--queue-type <type>', 'play on this type of queue').choices(['classic', 'quorum']))
  .addOption(
    new Option('--broker <version>', 'RabbitMQ 3.10, or 4.0 from CHAOS_RABBITMQ4')
      .choices(['3.10', '4.0'])
      .default('3.10'),
  );

await main();

async function main(): Promise<void> {
  program.parse();
  const options = program.opts<Options>();
  const tasks = chosen(program.args).flatMap((chaosCase) =>
    choicesOf(chaosCase, options).map((choice) => ({ chaosCase, choice })),
  );
  process.stdout.write(`seed ${options.seed}, ${tasks.length} cases\n`);
  const results: (CaseResult | undefined)[] = tasks.map(() => undefined);
  const waiting = [...tasks.entries()];
  const worker = async () => {
    await using servers = new Servers(options.broker);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, { chaosCase, choice }] = next;
      const result = await play(chaosCase, choice, servers);
      results[index] = result;
      process.stdout.write(`${done(results)}/${tasks.length} ${outcomeOf(result)}\n`);
      if (result.verdict !== 'failed') continue;
      explain(result);
      // It may have left the servers in any state.
      await servers[Symbol.asyncDispose]();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, tasks.length) }, worker));
  finish(
    results.filter((result) => result !== undefined),
    options,
  );
}

function finish(results: readonly CaseResult[], { seed, json }: Options): void {
  process.stdout.write(`\n${table(results)}\n`);
  const failed = results.filter(({ verdict }) => verdict === 'failed');
  const passed = results.filter(({ verdict }) => verdict === 'passed');
  process.stdout.write(
    `\nseed ${seed}: ${passed.length} passed, ${failed.length} failed, ${results.length - passed.length - failed.length} not run\n`,
  );
  for (const result of failed) process.stdout.write(`again: ${commandFor(result)}\n`);
  if (json !== undefined)
    writeFileSync(json, `${JSON.stringify({ seed, results: results.map(withoutLogs) }, null, 2)}\n`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function done(results: readonly unknown[]): number {
  return results.filter((result) => result !== undefined).length;
}

function outcomeOf(result: CaseResult): string {
  const { fault, verdict, seconds, note } = result;
  const end = verdict === 'not run' ? `not run: ${note}` : `${verdict}, ${seconds} s`;
  return `${label(result)}: ${fault}: ${end}`;
}

function chosen(names: readonly string[]): readonly ChaosCase[] {
  const known = new Set(CATALOGUE.map(({ id }) => id));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) program.error(`no such case: ${unknown.join(', ')}; there are ${[...known].join(', ')}`);
  return names.length === 0 ? CATALOGUE : CATALOGUE.filter(({ id }) => names.includes(id));
}

/** The variants of a case. */
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
  process.stdout.write(`    logs: ${folder}\n    again: ${commandFor(result)}\n`);
}

function withoutLogs({ logs: _logs, ...rest }: CaseResult): Omit<CaseResult, 'logs'> {
  return rest;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('expected a whole number');
  return value;
}
