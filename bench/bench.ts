import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brokerUrl } from '../scripts/broker-url.ts';
import { BenchError } from './bench-error.ts';
import { buildProduct } from './contenders/build-product.ts';
import { FIGURES } from './figures/all-figures.ts';
import type { Figure } from './figures/figure.ts';
import { Broker } from './lab/broker.ts';
import type { Lab } from './lab/lab.ts';
import { describeMachine, machineText } from './lab/machine.ts';
import { type Options, parseOptions, USAGE } from './options.ts';
import { profileText } from './report/profile.ts';
import type { FigureResult } from './report/results.ts';
import { tableText } from './report/table.ts';
import { writeReport } from './report/write-report.ts';

/** Measures the chosen figures one after the other, writes the report, and cleans up. */
async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const startedAt = new Date();
  await using cleanUp = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-bench-'));
  cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
  const broker = cleanUp.use(await Broker.connect(brokerUrl()));
  if (options.product === undefined) say('building order-sync …');
  const main = options.product ?? buildProduct();
  const profiles = join(folder, 'profiles');
  const product = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`, main] : [main];
  const lab: Lab = { options, broker, folder, product, signal, say };
  const machine = await describeMachine(lab);
  say(machineText(machine));

  const found = new Map<Figure, FigureResult>();
  const chosen = FIGURES.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (const figure of chosen) {
    say(`\n${figure.name}: ${figure.title} (${minutes(startedAt)})`);
    found.set(figure, await figure.run(lab));
  }
  if (options.profile) say(`\nwhere order-sync's CPU time went:\n${keepProfiles(profiles, options)}`);
  const files = writeReport({ startedAt, machine, options, found });
  say(
    `\n${tableText(found)}\n\nevery order, every line and every queue is right; ${minutes(startedAt)}; ${files.join(', ')}`,
  );
}

/** Copies the profiles to the folder of the results. @returns their text */
function keepProfiles(folder: string, { json }: Options): string {
  if (!existsSync(folder)) return 'no profile: these figures end with a kill, at which Node writes none';
  const kept = join(dirname(json), 'profiles');
  rmSync(kept, { recursive: true, force: true });
  cpSync(folder, kept, { recursive: true });
  return profileText(kept);
}

function minutes(since: Date): string {
  return `${((Date.now() - since.getTime()) / 60_000).toFixed(1)} min`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The first Ctrl-C cleans up and ends; the second ends at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new BenchError(`Interrupted (${signal}).`)));
  }
  return controller.signal;
}

try {
  const names = FIGURES.map(({ name }) => name);
  const options = parseOptions(process.argv.slice(2), names);
  if (options === 'help') say(USAGE.replace('%FIGURES%', names.join(', ')));
  else await bench(options, interruption());
} catch (error) {
  process.stderr.write(
    `${error instanceof BenchError ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  );
  process.exitCode = 1;
}
// Otherwise Node 26 now and then spins for ever while it closes what is left of the connections, after the last line.
process.exit();
