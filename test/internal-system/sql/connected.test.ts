import { expect, it, onTestFinished } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

async function aSystem(url: string) {
  const connected: string[] = [];
  const system = await createInternalSystem({
    url,
    shop: uniqueName(),
    env: {},
    connected: (server) => void connected.push(server),
  });
  onTestFinished(() => system.close?.());
  return { system, connected };
}

describeDatabases(
  'each new connection',
  (workbench) => {
    it('is told of with its server, and one that is used again is not', async () => {
      const url = new URL(workbench.database.url);
      const { system, connected } = await aSystem(url.href);
      await system.open();
      const useFour = () => Promise.all([1, 2, 3, 4].map(() => system.listOrders?.({ limit: 1 })));
      await useFour();
      expect(connected).toEqual(Array.from({ length: 4 }, () => url.host));
      await useFour();
      expect(connected).toHaveLength(4);
    });
  },
  ['PostgreSQL', 'MySQL'],
);

describeDatabases(
  'an SQLite file',
  (workbench) => {
    it('is told of once it is open', async () => {
      const { system, connected } = await aSystem(workbench.database.url);
      expect(connected).toEqual([]);
      await system.open();
      await system.listOrders?.({ limit: 1 });
      expect(connected).toEqual([workbench.database.url.slice('sqlite:'.length)]);
    });
  },
  ['SQLite'],
);
