import { Client } from 'pg';
import { withTimeout } from '../../src/async/deadline.ts';
import { BenchError } from '../bench-error.ts';
import type { BenchDatabase } from './databases.ts';

export interface Commits extends AsyncDisposable {
  /** When an order's commit was reported, by `performance.now()`. */
  at(orderNumber: string): number | undefined;
  /** Resolves when this many orders are committed. @throws BenchError after `timeoutMs` */
  seen(count: number, timeoutMs: number): Promise<void>;
}

/**
 * Learns of every new order the moment it is committed: PostgreSQL sends a transaction's notifications once its commit is
 * on disk. The trigger is the same for every contender.
 */
export async function listenForCommits(database: BenchDatabase): Promise<Commits> {
  await database.sql(`CREATE FUNCTION notify_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_notify(current_schema(), NEW.order_number); RETURN NULL; END $$`);
  await database.sql(
    'CREATE TRIGGER notify_of_order AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION notify_of_order()',
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
    seen: (count, timeoutMs) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      look = () => {
        if (times.size >= count) resolve();
      };
      look();
      return withTimeout(promise, timeoutMs, () => {
        throw new BenchError(`expected ${count} commits within ${timeoutMs} ms, found ${times.size}`);
      });
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
