import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { aWorkplace } from '../helpers/daemon-process.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

test('SIGTERM to npm start stops the daemon, which finishes first', async () => {
  const { env } = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:9' });
  const npm = spawn('npm', ['start'], { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const exited = once(npm, 'exit');
  onTestFinished(async () => {
    // The whole group: a daemon that the signal did not reach has outlived npm.
    if (npm.pid !== undefined && isRunning(npm.pid)) process.kill(-npm.pid, 'SIGKILL');
    await exited;
  });
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  await expect.poll(() => output, { timeout: 60_000 }).toContain('ready: waiting for orders');
  npm.kill('SIGTERM');
  // Its end is the end of everything that writes to it, the daemon included.
  await once(npm.stdout, 'close');
  expect(output).toContain('stopped: 0 finished, 0 given back');
});

function isRunning(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
