import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../real-shops/rig/run-program.ts';
import { FOLDER } from './folder.ts';

const PACKAGES = ['tryton-server', 'tryton-modules-sale', 'tryton-proteus', 'python3-psycopg2', 'python3-dateutil'];

/** Lets no service start upon its installation: Tryton runs for the rig alone. */
const POLICY = '/usr/sbin/policy-rc.d';

/** Installs Tryton from Debian unless it is there. @throws Error that says what to do where that is not possible */
export async function installTryton(): Promise<void> {
  const { status } = spawnSync('dpkg', ['-s', ...PACKAGES], { stdio: 'ignore' });
  if (status === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `Tryton is not installed here, and only root on Debian or Ubuntu can have it installed: apt-get install ${PACKAGES.join(' ')}`,
    );
  }
  const isOurs = !existsSync(POLICY);
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await apt('update', '-qq');
    await apt('install', '-y', '--no-install-recommends', ...PACKAGES);
  } finally {
    if (isOurs) rmSync(POLICY);
  }
}

async function apt(...args: readonly string[]): Promise<void> {
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runProgram('apt-get', args, { folder: FOLDER, env, logFile: join(FOLDER, `apt-${args[0]}.log`) });
}

export function trytonVersion(): string {
  const { stdout } = spawnSync('dpkg-query', ['-W', 'tryton-server'], { encoding: 'utf8' });
  return stdout.trim().split('\t')[1] ?? 'of an unknown version';
}
