import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const CONFIG = fileURLToPath(new URL('fixtures/vitest.config.ts', import.meta.url));

test.each([
  ['an interval', 'interval', '1 Timeout'],
  ['a timeout', 'timeout', '1 Timeout'],
  ['immediates', 'immediate', '1 Immediate'],
  ['a server', 'server', '1 TCPServerWrap'],
])('fails a file that leaves %s running', async (_, fixture, leak) => {
  const { status, output } = await runVitest(fixture);
  expect(status, output).toBe(1);
  expect(output).toContain(`This file leaves running: ${leak}.`);
});

test('passes a file that cleans up, with unreferenced timers left', async () => {
  const { status, output } = await runVitest('clean');
  expect(status, output).toBe(0);
});

/** In a process of its own, which knows nothing of the run it is part of. */
async function runVitest(fixture: string): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG, `${fixture}.fixture.ts`], {
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await once(child, 'close');
  return { status: child.exitCode, output };
}
