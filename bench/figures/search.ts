import { createInternalSystem } from '../../src/internal-system/create-internal-system.ts';
import type { InternalSystem } from '../../src/internal-system/internal-system.ts';
import { searchByText } from '../../src/internal-system/search/search-by-text.ts';
import { BenchError } from '../bench-error.ts';
import type { BenchDatabase } from '../lab/databases.ts';
import { freshDatabase } from '../lab/lab.ts';
import { grouped } from '../report/results.ts';
import type { Figure } from './figure.ts';

/** A person waits no longer without noticing. */
const BAR_MS = 500;
/** Of each kind. */
const SEARCHES = 20;

/** How long it takes to find a buyer's orders. */
export const search: Figure = {
  name: 'search',
  title: 'search by name, phone and email',
  async run(lab) {
    await using database = await freshDatabase(lab);
    const count = lab.options.growth;
    lab.say(`  storing ${grouped(count)} orders of as many buyers first …`);
    // Built afterwards, all at once, as when an installation is upgraded.
    await database.sql('DROP INDEX orders_search');
    await fill(database, count);
    const system = await createInternalSystem({ url: database.url, shop: 'shop', env: {} });
    await system.open();
    const builtAt = performance.now();
    await system.prepareSearch?.((_, message) => lab.say(message));
    const buildSeconds = (performance.now() - builtAt) / 1000;
    lab.say(`  indexes built in ${buildSeconds.toFixed(1)} s`);
    const runs: { kind: string; ms: number }[] = [];
    for (const [kind, textOf] of Object.entries(TEXTS)) {
      const times: number[] = [];
      for (let each = 0; each < SEARCHES; each += 1) {
        lab.signal.throwIfAborted();
        // Spread over all of them.
        times.push(await time(system, textOf(Math.floor((count / SEARCHES) * each) + 1)));
      }
      runs.push(...times.map((ms) => ({ kind, ms })));
      lab.say(`  ${kind}: slowest ${Math.max(...times).toFixed(1)} ms`);
    }
    await system.close?.();
    const slowest = Math.max(...runs.map(({ ms }) => ms));
    return {
      runs: [...runs, { kind: 'build', ms: buildSeconds * 1000 }],
      verdicts: [
        {
          what: `slowest search, ${grouped(count)} orders stored`,
          measured: `${slowest.toFixed(0)} ms`,
          against: `a person's patience ${BAR_MS} ms`,
          value: slowest,
          unit: 'ms',
          bar: BAR_MS,
          sense: 'at most',
        },
      ],
    };
  },
};

const TEXTS: Readonly<Record<string, (index: number) => string>> = {
  'order number': (index) => `订单号：１${String(index).padStart(19, '0')}`,
  phone: (index) => `+86 1${String(3_000_000_000 + index)}`,
  'end of a phone': (index) => `尾号 ${String(index % 10_000).padStart(4, '0')}`,
  email: (index) => `Buyer${index}@example.com`,
  'beginning of an email': (index) => `buyer${String(index).slice(0, 2)}`,
  name: (index) => `${nameOf(index)}`,
  'family name and more': (index) => nameOf(index).slice(0, 2),
};

/** @throws BenchError if it was not found */
async function time(system: InternalSystem, text: string): Promise<number> {
  const startedAt = performance.now();
  const { parts } = await searchByText(system, text, true);
  const ms = performance.now() - startedAt;
  if (parts[0]?.hits.length === 0) throw new BenchError(`Nothing was found for ${text}.`);
  return ms;
}

const FAMILY_NAMES = '王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗';
const GIVEN_NAMES = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英文华玉萍红建国小志海云';

/** Of 20 × 34 × 34 names, so that a million orders have 40 of each. */
function nameOf(index: number): string {
  const given = [...GIVEN_NAMES];
  const [family, first, second] = [index % 20, Math.floor(index / 20) % 34, Math.floor(index / 680) % 34];
  return `${[...FAMILY_NAMES][family]}${given[first]}${given[second]}`;
}

async function fill(database: BenchDatabase, count: number): Promise<void> {
  const number = "'1' || lpad(i::text, 19, '0')";
  const time = `now() - i * interval '365 days' / ${count}`;
  const name = `substr('${FAMILY_NAMES}', i % 20 + 1, 1) || substr('${GIVEN_NAMES}', i / 20 % 34 + 1, 1) || substr('${GIVEN_NAMES}', i / 680 % 34 + 1, 1)`;
  const phone = "'+86 1' || (3000000000 + i)";
  const document = `jsonb_build_object('orderNumber', ${number}, 'shopOrderId', 's' || ${number}, 'lines', '[]'::jsonb,
    'buyer', jsonb_build_object('id', i::text, 'name', ${name}, 'email', 'buyer' || i || '@example.com', 'phone', ${phone}),
    'shippingAddress', jsonb_build_object('recipient', ${name}, 'phone', ${phone}, 'city', '杭州市', 'lines', '["文三路 1 号"]'::jsonb))`;
  await database.sql(`
    INSERT INTO orders (shop, order_number, shop_order_id, status, currency, grand_total, placed_at, paid_at, updated_at,
      buyer_name, content_hash, fetched_at, synced_at, document)
    SELECT 'shop', ${number}, 's' || ${number}, 'paid', 'CNY', 248.40, ${time}, ${time}, ${time}, ${name},
      encode(sha256(i::text::bytea), 'hex'), ${time}, ${time}, ${document} FROM generate_series(1, ${count}) AS i`);
  await database.sql('VACUUM ANALYZE orders');
}
