import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const CONFIGURATION = readFileSync(fileURLToPath(new URL('../../deploy/cluster/haproxy.cfg', import.meta.url)), 'utf8');

test('asks PostgreSQL for what only a primary answers, in a message of the length that it announces', () => {
  const check = CONFIGURATION.slice(CONFIGURATION.indexOf('listen postgres'));
  const sent = [...check.matchAll(/tcp-check send-binary (\w+)/g)].map(([, hex = '']) => Buffer.from(hex, 'hex'));
  const startup = Buffer.concat(sent.slice(0, -1));
  expect(startup.readInt32BE(0)).toBe(startup.length);
  expect(startup.subarray(8).toString('latin1')).toBe('user\0haproxy\0database\0postgres\0\0');
  const [, expected = ''] = /tcp-check expect binary (\w+)/.exec(check) ?? [];
  expect(Buffer.from(expected, 'hex').toString('latin1')).toBe('in_hot_standby\0off');
});

describe.skipIf(!hasHaproxy())('haproxy (skipped where it is not installed)', () => {
  test('accepts the configuration without a warning', () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-haproxy-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'haproxy.cfg');
    // The names of compose.cluster.yaml resolve only there.
    writeFileSync(file, CONFIGURATION.replaceAll(/ (?:rabbitmq|postgres)-\d:/g, ' 127.0.0.1:'));
    const { status, stdout, stderr } = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
    expect({ status, output: stdout + stderr }).toMatchObject({
      status: 0,
      output: expect.not.stringMatching(/WARNING/),
    });
  });
});

function hasHaproxy(): boolean {
  try {
    execFileSync('haproxy', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
