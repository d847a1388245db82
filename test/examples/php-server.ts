import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { aFreePort } from '../helpers/free-port.ts';

/** Whether there is a PHP with MySQL's driver. Says why the tests are skipped where there is none. */
export function phpMissing(): boolean {
  const { stdout } = spawnSync('php', ['-r', "echo extension_loaded('pdo_mysql');"], { encoding: 'utf8' });
  if (stdout === '1') return false;
  console.warn(
    'SKIPPED: there is no php with pdo_mysql here. To run the PHP example: apt-get install php-cli php-mysql',
  );
  return true;
}

export interface PhpServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** PHP's own web server with one script, in as many processes as a small PHP-FPM has. */
export async function startPhp(script: string, env: Readonly<Record<string, string>>): Promise<PhpServer> {
  const address = `127.0.0.1:${await aFreePort()}`;
  const child = spawn('php', ['-S', address, script], {
    env: { PATH: process.env['PATH'] ?? '', PHP_CLI_SERVER_WORKERS: '4', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.includes('started')) resolve();
    });
    void ended.then(() => reject(new Error('php ended before it listened')));
  });
  return {
    url: `http://${address}`,
    async stop() {
      // The whole group: the workers outlive the process that started them.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
    },
  };
}
