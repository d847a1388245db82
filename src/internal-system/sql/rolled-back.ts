import type { SqlDatabase, SqlTransaction } from './sql-database.ts';

/** Runs `work` in a transaction that is rolled back in the end. */
export async function rolledBack<T>(
  database: SqlDatabase,
  work: (transaction: SqlTransaction) => Promise<T>,
): Promise<T> {
  try {
    return await database.transaction(async (transaction) => {
      throw new Undo(await work(transaction));
    });
  } catch (error) {
    if (error instanceof Undo) return error.result as T;
    throw error;
  }
}

class Undo extends Error {
  override readonly name = 'Undo';
  readonly result: unknown;

  constructor(result: unknown) {
    super();
    this.result = result;
  }
}
