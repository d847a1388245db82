import type { Notify } from '../../internal-system.ts';
import type { SqlDatabase } from '../sql-database.ts';
import type { SearchIndex } from './access.ts';

/** Asked each time: someone may drop one, or put an older file in the place of the database. */
export async function missingIndexes({ search }: SqlDatabase): Promise<readonly SearchIndex[]> {
  const present = await search.present();
  return search.indexes.filter(({ name }) => !present.has(name));
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
