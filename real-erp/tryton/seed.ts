import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { runProgram } from '../../real-shops/rig/run-program.ts';
import { databaseUrl } from '../../real-shops/rig/servers.ts';
import { FOLDER } from './folder.ts';

/** Made once, in some three minutes; each run works on a copy. */
const SEED = 'order_sync_real_erp_seed';
export const DATABASE = 'order_sync_real_erp';
export const PASSWORDS = { erp: 'Ord3r-Sync-x7Qz', staff: 'St4ff-Hands-p2Wk' };

const SETUP = fileURLToPath(new URL('setup.py', import.meta.url));

/** The file that Tryton is configured with. */
export function configFile(port: number): string {
  const file = join(FOLDER, 'trytond.conf');
  const lines = [
    `[database]\nuri = ${server()}\ndefault_name = ${DATABASE}`,
    `[web]\nlisten = 127.0.0.1:${port}`,
    // Confirmed sales wait for the worker, which the rig is itself.
    '[queue]\nworker = True',
    '[session]\ntimeout = 30',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** A fresh database. @param say told when it takes minutes */
export async function createTrytonDatabase(config: string, say: (text: string) => void): Promise<void> {
  if (!(await exists(SEED))) {
    say('tryton: setting up a database (some three minutes, the first time)');
    await onServer(`CREATE DATABASE ${SEED}`);
    await setUp(config).catch(async (error: unknown) => {
      await onServer(`DROP DATABASE ${SEED} WITH (FORCE)`);
      throw error;
    });
  }
  await dropTrytonDatabase();
  await onServer(`CREATE DATABASE ${DATABASE} TEMPLATE ${SEED}`);
}

export async function dropTrytonDatabase(): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${DATABASE} WITH (FORCE)`);
}

export async function dropSeed(): Promise<void> {
  await onServer(`DROP DATABASE IF EXISTS ${SEED} WITH (FORCE)`);
}

async function setUp(config: string): Promise<void> {
  const passwordFile = join(FOLDER, 'admin-password');
  writeFileSync(passwordFile, 'admin-secret\n', { mode: 0o600 });
  const env = { TRYTONPASSFILE: passwordFile, ERP_PASSWORD: PASSWORDS.erp, STAFF_PASSWORD: PASSWORDS.staff };
  const run = (program: string, args: readonly string[], log: string) =>
    runProgram(program, args, { folder: FOLDER, env, logFile: join(FOLDER, log) });
  await run('trytond-admin', ['-c', config, '-d', SEED, '--all', '--email', 'admin@erp.test'], 'create.log');
  await run('trytond-admin', ['-c', config, '-d', SEED, '-u', 'sale', '--activate-dependencies'], 'modules.log');
  // Debian's Python, which has Tryton's modules.
  await run('/usr/bin/python3', [SETUP, `${server()}${SEED}`, config], 'setup.log');
}

function server(): string {
  return databaseUrl('none')
    .replace(/[^/]*$/, '')
    .replace('postgres:', 'postgresql:');
}

async function exists(name: string): Promise<boolean> {
  const rows = await onServer(`SELECT 1 FROM pg_database WHERE datname = '${name}'`);
  return rows.length > 0;
}

/** The database that Tryton keeps its sales in. */
export async function connectTo(name: string): Promise<Client> {
  const url = new URL(databaseUrl('none'));
  url.pathname = `/${name}`;
  const client = new Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function onServer(statement: string): Promise<readonly unknown[]> {
  const client = await connectTo('postgres');
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
