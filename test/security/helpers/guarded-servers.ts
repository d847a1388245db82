import pg from 'pg';
import { orderSync } from '../../commands/helpers/cli.ts';
import { codeBlocks } from '../../docs/documents.ts';
import { CHILD_ENVIRONMENT } from '../../helpers/child-environment.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { startPostgres } from '../../helpers/servers/postgres.ts';
import type { PrivateServer } from '../../helpers/servers/private-server.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../../helpers/servers/rabbitmq.ts';

/** A broker and a database whose users have exactly the privileges that README.md grants. */
export interface GuardedServers extends AsyncDisposable {
  readonly broker: PrivateRabbitMQ;
  readonly database: PrivateServer;
  /** A daemon's workplace that connects as those users. */
  workplace(env: Readonly<Record<string, string>>): Workplace;
}

export interface Passwords {
  readonly broker: string;
  readonly database: string;
}

export async function startGuardedServers(passwords: Passwords): Promise<GuardedServers> {
  const [broker, database] = await Promise.all([startRabbitMQ(), startPostgres()]);
  const servers = {
    broker,
    database,
    workplace: (env: Readonly<Record<string, string>>) => {
      const brokerUrl = withUser(broker.url, 'order-sync', passwords.broker);
      const databaseUrl = withUser(database.url, 'order_sync', passwords.database);
      const own = { RABBITMQ_URL: brokerUrl, INTERNAL_SYSTEM_URL: databaseUrl };
      const names = { RABBITMQ_EXCHANGE: 'orders', RABBITMQ_QUEUE: 'orders', RABBITMQ_ROUTING_KEY: 'orders' };
      const workplace = aWorkplace({ ...own, ...names, ...env });
      return { ...workplace, queue: 'orders' };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([broker[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
    },
  };
  await makeBrokerUser(broker, passwords.broker);
  await makeRole(broker, database, passwords.database);
  return servers;
}

async function makeBrokerUser(broker: PrivateRabbitMQ, password: string): Promise<void> {
  for (const line of documented('sh', /^rabbitmqctl .*/gm)) {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
    await broker.ctl(...words.slice(1).map((word) => (word === 'a-long-password' ? password : word)));
  }
}

/** Their owner creates the tables, with the command that README.md names for it. */
async function makeRole(broker: PrivateRabbitMQ, database: PrivateServer, password: string): Promise<void> {
  const env = {
    ...CHILD_ENVIRONMENT,
    RABBITMQ_URL: broker.url,
    SHOP_BASE_URL: 'http://127.0.0.1:1',
    INTERNAL_SYSTEM_URL: database.url,
  };
  await orderSync({ folder: database.folder, env }, ['check']);
  const owner = new pg.Client(database.url);
  await owner.connect();
  try {
    await owner.query(`CREATE ROLE order_sync LOGIN PASSWORD '${password}'`);
    for (const statement of documented('sql', /^GRANT .*;/gm)) await owner.query(statement);
  } finally {
    await owner.end();
  }
}

/** The grants in README.md's code blocks. */
export function documented(language: 'sh' | 'sql', pattern: RegExp): string[] {
  const found = codeBlocks('README.md', language).flatMap(({ code }) =>
    [...code.matchAll(pattern)].map(([line]) => line),
  );
  if (found.length < 2) throw new Error(`README.md shows ${found.length} grants in ${language}, expected at least 2`);
  return found;
}

function withUser(address: string, user: string, password: string): string {
  const url = new URL(address);
  url.username = user;
  url.password = password;
  return url.href;
}
