import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { aSnapshot } from '../helpers/order-builder.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';
import { type DatabaseKind, describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { codeBlocks } from './documents.ts';

/** The statements of docs/operations.md for this server: those with the right to create, and those without. */
function documented(kind: DatabaseKind): { create: string[]; grant: string[] } {
  const blocks = codeBlocks('docs/operations.md', 'sql').map(({ code }) => code);
  const heading = kind === 'PostgreSQL' ? '-- PostgreSQL' : '-- MariaDB, MySQL';
  const [create, grant] = blocks
    .filter((code) => code.startsWith(heading))
    .map((code) =>
      code
        .replace(/^--.*$/gm, '')
        .split(';')
        .map((statement) => statement.trim())
        .filter((statement) => statement !== ''),
    );
  if (create === undefined || grant === undefined) throw new Error(`expected two blocks for ${kind}`);
  return { create, grant };
}

describeDatabases(
  'the grants in docs/operations.md',
  (workbench) => {
    const { kind } = workbench;
    const { create, grant } = documented(kind);

    /** Names of this test's own instead of the documented ones, gone after it. */
    function names() {
      const owner = `docs_${randomBytes(5).toString('hex')}`;
      const user = `${owner}_app`;
      onTestFinished(async () => {
        await workbench.database.sql(`DROP DATABASE IF EXISTS ${owner}`);
        for (const name of [owner, user]) {
          const account = kind === 'PostgreSQL' ? `ROLE IF EXISTS ${name}` : `USER IF EXISTS ${name}@'%'`;
          await workbench.database.sql(`DROP ${account}`);
        }
      });
      return { owner, user };
    }

    /** The address of the documented database for one of its users. */
    function url(name: string, user: string): string {
      const address = new URL(workbench.database.url);
      address.search = '';
      address.pathname = `/${name}`;
      address.username = user;
      address.password = 'a-long-password';
      return address.href;
    }

    const run = kind === 'PostgreSQL' ? runOnPostgres : runOnMysql;

    async function makeDatabase(owner: string): Promise<void> {
      await run(
        create.map((statement) => statement.replaceAll(/\border_sync\b/g, owner)),
        workbench.database.url,
      );
    }

    async function write(address: string): Promise<unknown> {
      const system = await sqlSystem(address);
      try {
        await system.open();
        await system.check();
        return await system.writeOrders([aSnapshot()]);
      } finally {
        await system.close();
      }
    }

    it('are enough for a user that may create the tables', async () => {
      const { owner } = names();
      await makeDatabase(owner);
      expect(await write(url(owner, owner))).toMatchObject([{ outcome: 'synced' }]);
    });

    it('are enough for a user that may not, once the tables are there; without them it is told what is missing', async () => {
      const { owner, user } = names();
      await makeDatabase(owner);
      await write(url(owner, owner));
      const account = kind === 'PostgreSQL' ? `ROLE ${user} LOGIN PASSWORD` : `USER ${user}@'%' IDENTIFIED BY`;
      await run([`CREATE ${account} 'a-long-password'`], workbench.database.url);
      await expect(write(url(owner, user))).rejects.toThrow(ConfigError);
      const statements = grant.map((statement) =>
        statement.replaceAll(/\border_sync(?=@|$)/g, user).replaceAll(/\border_sync\b/g, owner),
      );
      await run(statements, kind === 'PostgreSQL' ? url(owner, owner) : workbench.database.url);
      expect(await write(url(owner, user))).toMatchObject([{ outcome: 'unchanged' }]);
    });
  },
  ['PostgreSQL', 'MySQL'],
);

async function runOnPostgres(statements: readonly string[], connectionString: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function runOnMysql(statements: readonly string[], uri: string): Promise<void> {
  const connection = await createConnection({ uri });
  try {
    for (const statement of statements) await connection.query(statement);
  } finally {
    await connection.end();
  }
}
