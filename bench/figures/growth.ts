import { orderSync } from '../contenders/contenders.ts';
import type { BenchDatabase } from '../lab/databases.ts';
import { drain } from '../lab/drain.ts';
import { freshDatabase } from '../lab/lab.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { grouped } from '../report/results.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import { LINES_PER_ORDER, ORDER_BYTES, writeOrder } from '../shop/order-template.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;

/** Does it slow down as orders pile up? */
export const growth: Figure = {
  name: 'growth',
  title: 'with orders stored already',
  async run(lab) {
    await using shop = await ShopProcess.start();
    await using full = await freshDatabase(lab);
    const { orders, rounds } = lab.options;
    const existing = lab.options.growth;
    lab.say(`  storing ${grouped(existing)} orders first …`);
    await fill(full, existing);
    const contender = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const [empty, grown] = ['empty tables', `${grouped(existing)} orders stored`];
    const found = await interleave(lab.say, rounds, [
      { name: empty, run: () => drain(lab, { contender, shop, orders }), describe: describeRun },
      { name: grown, run: () => drain(lab, { contender, shop, orders, database: full }), describe: describeRun },
    ]);
    return {
      ...recorded(found),
      verdicts: [throughputVerdict(found, { what: `throughput, ${grown}`, of: grown, by: empty, bar: 0.85 })],
    };
  },
};

/** Writes orders, lines and ledger as if order-sync had written them over the last year, with numbers of their own. */
async function fill(database: BenchDatabase, count: number): Promise<void> {
  const document = Buffer.alloc(ORDER_BYTES);
  writeOrder(document, 0, 'x'.repeat(20), 0);
  const number = "'1' || lpad(i::text, 19, '0')";
  const time = `now() - i * interval '365 days' / ${count}`;
  const orders = `generate_series(1, ${count}) AS i`;
  await database.sql(`
    INSERT INTO orders (shop, order_number, shop_order_id, status, currency, grand_total, items_total, shipping_total, tax_total,
      discount_total, refunded_total, placed_at, paid_at, updated_at, buyer_name, content_hash, fetched_at, synced_at, document)
    SELECT 'shop', ${number}, 's' || ${number}, 'paid', 'CNY', 248.40, 238.40, 10.00, 0.00, 0.00, 0.00, ${time}, ${time}, ${time},
      '王小明', encode(sha256(i::text::bytea), 'hex'), ${time}, ${time}, '${document.toString()}'::jsonb FROM ${orders}`);
  await database.sql(`
    INSERT INTO order_lines (shop, order_number, line_no, line_id, sku, name, quantity, unit_price, discount, tax, line_total)
    SELECT 'shop', ${number}, n, n::text, 'TEA-LJ-250', '龙井茶 250g', 2, 59.90, 10.00, 0.00, 109.80
      FROM ${orders}, generate_series(1, ${LINES_PER_ORDER}) AS n`);
  await database.sql(`
    INSERT INTO order_ledger (shop, reference, order_number, shop_order_id, state, attempts, last_event, received_at, fetched_at,
      synced_at, updated_at)
    SELECT 'shop', ${number}, ${number}, 's' || ${number}, 'synced', 1, 'paid', ${time}, ${time}, ${time}, ${time} FROM ${orders}`);
  for (const table of ['orders', 'order_lines', 'order_ledger']) await database.sql(`VACUUM ANALYZE ${table}`);
}
