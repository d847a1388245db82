import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { FIGURES } from '../../bench/figures/all-figures.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';

const BENCH = fileURLToPath(new URL('../../bench/bench.ts', import.meta.url));

const finding = z.strictObject({
  ...{ what: z.string(), measured: z.string(), against: z.string() },
  ...{ value: z.number(), unit: z.string() },
});
const verdict = finding.extend({ bar: z.number(), sense: z.string(), isMet: z.boolean() });
const results = z.object({
  verdicts: z.array(z.union([verdict, finding])),
  figures: z.record(z.string(), z.object({ runs: z.array(z.unknown()) })),
});

// The measured values are not checked: a run fails on its own when an order, a line or an ack is missing.
describeDatabases('npm run bench -- --quick', () => {
  test('runs every figure with every order, every line and every queue right', { timeout: 240_000 }, async ({
    signal,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-bench-test-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const json = join(folder, 'results.json');

    const { status, output } = await runBench(['--quick', '--json', json], signal);

    expect(status, output).toBe(0);
    expect(output).toContain('every order, every line and every queue is right');
    const found = results.parse(JSON.parse(readFileSync(json, 'utf8')));
    expect(Object.keys(found.figures)).toEqual(FIGURES.map(({ name }) => name));
    expect(found.verdicts.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual(['latency.svg', 'memory.svg', 'results.json', 'throughput.svg']);
  });
}, ['PostgreSQL']);

test('lists the known figures when asked for an unknown one, and measures nothing', async ({ signal }) => {
  const { status, output } = await runBench(['--only', 'speed'], signal);

  expect(status).toBe(1);
  expect(output).toContain('there is no figure "speed"');
  expect(output).toContain('throughput-postgres');
});

/** @param signal aborted when the test's time is up: the output then shows how far it came, and nothing is left running */
async function runBench(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [BENCH, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const closed = once(child, 'close');
  onTestFinished(async () => {
    if (signal.aborted) process.stderr.write(`The benchmark's time is up:\n${output}\n`);
    // The first Ctrl-C cleans up.
    child.kill('SIGINT');
    await closed;
  });
  await closed;
  return { status: child.exitCode, output };
}
