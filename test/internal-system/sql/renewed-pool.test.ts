import { expect, it } from 'vitest';
import { type PoolDriver, RenewedPool, type Server } from '../../../src/internal-system/sql/renewed-pool.ts';
import { NoServerError } from '../../../src/internal-system/sql/server-failures.ts';

interface Connection {
  readonly to: string;
}

interface Pool {
  isEnded: boolean;
  readonly idle: Connection[];
  end(): Promise<void>;
}

class WrongPassword extends Error {}

/** A pool of the servers `a`, `b` and so on. `broken` says what each of them fails with. */
function aPool(hosts: string, currentUrl: () => string = () => hosts) {
  const broken = new Map<string, Error>();
  const moves: string[] = [];
  const connected: string[] = [];
  const pools: Pool[] = [];
  const names = new WeakMap<Pool, string>();
  const server = (name: string): Server => ({ name });
  const driver: PoolDriver<Server, Pool, Connection> = {
    serversOf: (url) => {
      const [first = '', ...others] = url.replace(/^.*@/, '').split(',');
      return [server(first), ...others.map(server)];
    },
    create: ({ name }) => {
      const end = async () => {
        pool.isEnded = true;
      };
      const pool: Pool = { isEnded: false, idle: [], end };
      names.set(pool, name);
      pools.push(pool);
      return pool;
    },
    borrow: async (pool) => {
      const to = names.get(pool) ?? '';
      const failure = broken.get(to);
      if (failure !== undefined) throw failure;
      return pool.idle.pop() ?? { to };
    },
    drop: () => undefined,
    keyOf: (connection) => connection,
    setUp: async () => undefined,
    refusesCredentials: (error) => error instanceof WrongPassword,
    movedTo: ({ name }, from, failures) => void moves.push(`${from?.name ?? ''}→${name} (${failures.length})`),
  };
  const pool = new RenewedPool(hosts, currentUrl, driver, (name) => void connected.push(name));
  return { pool, broken, moves, connected, pools, lent: async () => (await pool.borrow()).server.name };
}

it('lends from the first server that works, and goes on with it', async () => {
  const { broken, lent, moves, connected } = aPool('a,b,c');
  broken.set('a', new Error('a standby'));
  expect(await lent()).toBe('b');
  broken.clear();
  expect(await lent()).toBe('b');
  expect(moves).toEqual(['→b (1)']);
  expect(connected).toEqual(['b', 'b']);
});

it('moves on when that one fails, and leaves nothing there', async () => {
  const { broken, lent, moves, pools } = aPool('a,b');
  await lent();
  broken.set('a', new Error('gone'));
  expect(await lent()).toBe('b');
  expect(moves).toEqual(['→a (0)', 'a→b (1)']);
  expect(pools.map(({ isEnded }) => isEnded)).toEqual([true, false, false]);
});

it('tries every other server before one that is distrusted, and comes back to it if none of them works', async () => {
  const { pool, broken, lent, moves } = aPool('a,b');
  const { server } = await pool.borrow();
  broken.set('b', new Error('a standby'));
  pool.distrust(server);
  expect(await lent()).toBe('a');
  expect(moves).toEqual(['→a (0)']);
  broken.clear();
  pool.distrust(server);
  expect(await lent()).toBe('b');
});

it('says what each server failed with; with a single one, only that', async () => {
  const failures = [new Error('a is down'), new Error('b is a standby')];
  const two = aPool('a,b');
  for (const [index, name] of ['a', 'b'].entries()) two.broken.set(name, failures[index] ?? new Error());
  const failure: unknown = await two.pool.borrow().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NoServerError);
  expect(failure).toMatchObject({ failures });
  const one = aPool('a');
  one.broken.set('a', failures[0] ?? new Error());
  await expect(one.pool.borrow()).rejects.toBe(failures[0]);
});

it('uses rotated credentials on all servers once one of them refused the old ones', async () => {
  let url = 'old@a,b';
  const { broken, lent, moves, pools } = aPool(url, () => url);
  broken.set('a', new Error('down'));
  await lent();
  broken.set('b', new WrongPassword());
  await expect(lent()).rejects.toBeInstanceOf(NoServerError);
  url = 'new@a,b';
  const borrowed = lent();
  broken.delete('b');
  expect(await borrowed).toBe('b');
  // The same server as before: nobody moved.
  expect(moves).toEqual(['→b (1)']);
  expect(pools.slice(0, 2).every(({ isEnded }) => isEnded)).toBe(true);
});

it('never goes back to a server that another call has just left', async () => {
  const { pool, broken, lent, moves, pools } = aPool('a,b');
  await lent();
  pools[0]?.idle.push({ to: 'a' });
  const late = pool.borrow();
  broken.set('a', new Error('gone'));
  const [{ server }] = await Promise.all([late, pool.borrow()]);
  expect(['a', 'b']).toContain(server.name);
  expect(await lent()).toBe('b');
  expect(moves).toEqual(['→a (0)', 'a→b (1)']);
});
