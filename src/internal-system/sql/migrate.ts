import { ConfigError } from '../../errors.ts';

/** The statements from each version of the tables to the next: the first list creates version 1 from nothing. */
export type Migrations = readonly (readonly string[])[];

export interface SchemaAccess {
  /** The table that says which version the tables have. */
  readonly versionTable: string;

  /** The version of the existing tables; 0 when there are none. Only reads: it needs no CREATE privilege. */
  version(): Promise<number>;

  /** Runs `upgrade` while no other daemon can, and commits it. */
  exclusively(upgrade: (execute: (statement: string) => Promise<void>) => Promise<void>): Promise<void>;
}

/**
 * Brings the tables to this program's version. Several daemons may do so at once: the first one does it, the others find
 * it done.
 *
 * @throws ConfigError when the tables belong to a newer program
 */
export async function migrate(schema: SchemaAccess, migrations: Migrations): Promise<void> {
  if ((await knownVersion(schema, migrations)) === migrations.length) return;
  await schema.exclusively(async (execute) => {
    const current = await knownVersion(schema, migrations);
    for (const [index, statements] of migrations.entries()) {
      if (index < current) continue;
      for (const statement of statements) await execute(statement);
      await execute(`INSERT INTO ${schema.versionTable} (version) VALUES (${index + 1})`);
    }
  });
}

/** @throws ConfigError unless the tables are this program's */
export async function requireCurrentVersion(schema: SchemaAccess, migrations: Migrations): Promise<void> {
  const current = await knownVersion(schema, migrations);
  if (current === migrations.length) return;
  throw new ConfigError([
    `The internal system's tables have version ${current}, expected ${migrations.length}. Start order-sync once with a role that may create tables.`,
  ]);
}

async function knownVersion(schema: SchemaAccess, migrations: Migrations): Promise<number> {
  const version = await schema.version();
  if (version <= migrations.length) return version;
  throw new ConfigError([
    `The internal system's tables have version ${version}, this order-sync knows up to ${migrations.length}. Install the newer order-sync that created them.`,
  ]);
}
