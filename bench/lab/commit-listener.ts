import { Client } from 'pg';
import { BenchError } from '../bench-error.ts';
import type { BenchDatabase } from './databases.ts';

export interface Commits extends AsyncDisposable {
  /** When the news of an order's commit came, on `performance.now()`'s clock. */
  at(orderNumber: string): number | undefined;
  /** Resolves when so many orders are committed. @throws BenchError when they are not within `timeoutMs` */
  seen(count: number, timeoutMs: number): Promise<void>;
}

/**
 * Hears of every new order the moment it is committed: PostgreSQL sends a transaction's notifications after its commit is
 * on disk, and the trigger is the same for every contender.
 */
export async function listenForCommits(database: BenchDatabase): Promise<Commits> {
  await database.sql(`CREATE FUNCTION tell_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify(current_schema(), NEW.order_number); RETURN NULL; END $$`);
  await database.sql(
    'CREATE TRIGGER tell_of_order AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION tell_of_order()',
  );
  const client = new Client(database.url);
  client.on('error', () => undefined);
  await client.connect();
  const times = new Map<string, number>();
  let look = () => {};
  client.on('notification', ({ payload }) => {
    if (payload !== undefined) times.set(payload, performance.now());
    look();
  });
  const { rows } = await client.query<{ schema: string }>('SELECT current_schema() AS schema');
  await client.query(`LISTEN ${rows[0]?.schema}`);
  return {
    at: (orderNumber) => times.get(orderNumber),
    seen: (count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new BenchError(`expected ${count} commits within ${timeoutMs} ms, found ${times.size}`)),
          timeoutMs,
        );
        look = () => {
          if (times.size < count) return;
          clearTimeout(timer);
          resolve();
        };
        look();
      }),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
