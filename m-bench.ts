import { createInternalSystem } from './src/internal-system/create-internal-system.ts';
import { OrderWriter } from './src/internal-system/order-writer.ts';
import { aSnapshot, aLine } from './test/helpers/order-builder.ts';
import { createCompanyTables } from './test/helpers/company-tables.ts';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
const [kind, count = '4000', back = '0'] = process.argv.slice(2);
let url = '', exec: (s: string) => Promise<unknown>, end: () => Promise<void>;
if (kind === 'PostgreSQL') {
  const c = new pg.Client({ connectionString: 'postgres://root@127.0.0.1:5432/test' }); await c.connect();
  await c.query('DROP SCHEMA IF EXISTS m_bench CASCADE'); await c.query('CREATE SCHEMA m_bench'); await c.query('SET search_path = m_bench');
  url = 'postgres://root@127.0.0.1:5432/test?options=-csearch_path%3Dm_bench'; exec = (s) => c.query(s);
  end = async () => { await c.query('DROP SCHEMA m_bench CASCADE'); await c.end(); };
} else {
  const c = await createConnection('mysql://root@127.0.0.1:3306/test');
  await c.query('DROP DATABASE IF EXISTS m_bench'); await c.query('CREATE DATABASE m_bench'); await c.query('USE m_bench');
  url = 'mysql://root@127.0.0.1:3306/m_bench'; exec = (s) => c.query(s);
  end = async () => { await c.query('DROP DATABASE m_bench'); await c.end(); };
}
await createCompanyTables(kind as 'MySQL', { sql: exec } as never);
const N = Number(count);
async function run(shop: string, mapping?: string) {
  const system = await createInternalSystem({ url, shop, env: {}, mapping });
  await system.open();
  const writer = new OrderWriter(system);
  const orders = (minute: number) => Array.from({ length: N }, (_, i) => aSnapshot({ order: { orderNumber: `${shop}${100000 + i}`, updatedAt: `2026-11-22T08:${String(minute).padStart(2, '0')}:05.120Z`, lines: [aLine(), aLine({ lineId: '2', quantity: minute })] } }));
  for (const [name, minute] of [['new', 10], ['changed', 11]] as const) {
    const some = orders(minute);
    const begun = performance.now();
    // 100 in flight, as a daemon with its prefetch
    let next = 0;
    await Promise.all(Array.from({ length: 100 }, async () => { while (next < some.length) { const s = some[next++]; if (s) await writer.write(s); } }));
    const ms = performance.now() - begun;
    console.log(kind, shop, name, `${(N / ms * 1000).toFixed(0)}/s`, `${(ms / N).toFixed(2)} ms each`);
  }
  return system;
}
const mapping = './examples/my-tables.ts';
await (await run('plain')).close?.();
await (await run('mapped', mapping)).close?.();
if (Number(back) > 0) {
  const { createInternalSystem: create } = { createInternalSystem };
  const plain = await create({ url, shop: 'stored', env: {} }); await plain.open();
  for (let i = 0; i < Number(back); i += 200) await plain.writeOrders(Array.from({ length: 200 }, (_, j) => aSnapshot({ order: { orderNumber: `S${1000000 + i + j}` } })));
  await plain.close?.();
  const system = await create({ url, shop: 'stored', env: {}, mapping }); await system.open();
  for (const name of ['first', 'second']) {
    const begun = performance.now(); let after: string | null = null, n = 0;
    for (;;) { const page = await system.mapping!.backfill({ after, since: undefined, dryRun: false }); if (page.last === null) break; after = page.last; n += page.orders.length; if (page.orders.some((o) => o.error)) throw page.orders.find((o) => o.error)?.error; }
    console.log(kind, 'backfill', name, n, `${((performance.now() - begun) / 1000).toFixed(1)} s`, `${(n / (performance.now() - begun) * 1000).toFixed(0)}/s`);
  }
  await system.close?.();
}
await end();
