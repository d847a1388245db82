import type { Notify } from '../../internal-system.ts';
import type { SqlDatabase } from '../sql-database.ts';
import type { SearchIndex } from './access.ts';

/** Databases where all of them were there once. */
const complete = new WeakSet<SqlDatabase>();

export async function missingIndexes(database: SqlDatabase): Promise<readonly SearchIndex[]> {
  if (complete.has(database)) return [];
  const { search } = database;
  const present = await search.present();
  const missing = search.indexes.filter(({ name }) => !present.has(name));
  if (missing.length === 0) complete.add(database);
  return missing;
}

/** Creates those that are missing. Never rejects: nothing but the search needs them. */
export async function createMissingIndexes(database: SqlDatabase, notify: Notify): Promise<void> {
  try {
    for (const index of await missingIndexes(database)) await database.search.create(index);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notify(
      'warn',
      `An index for the search by name, phone, email and tracking number could not be created: ${reason.replace(/\.?$/, '.')} ` +
        'Orders arrive all the same. Start order-sync once with a role that may create indexes.',
    );
  }
}
