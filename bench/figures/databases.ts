import { orderSync } from '../contenders/contenders.ts';
import type { DatabaseKind } from '../lab/databases.ts';
import { drain } from '../lab/drain.ts';
import { freshDatabase, type Lab } from '../lab/lab.ts';
import { interleave } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;

/** The same work on each built-in internal system. */
export const databases: Figure = {
  name: 'databases',
  title: 'PostgreSQL, SQLite, MariaDB',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const contender = orderSync({ concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY });
    const kinds: readonly DatabaseKind[] = [
      'PostgreSQL',
      'SQLite',
      ...((await answers(lab)) ? ['MariaDB' as const] : []),
    ];
    const found = await interleave(
      lab.say,
      lab.options.rounds,
      kinds.map((kind) => ({
        name: kind,
        describe: describeRun,
        async run() {
          await using database = await freshDatabase(lab, kind);
          return await drain(lab, { contender, shop, database, orders: lab.options.orders });
        },
      })),
    );
    const bars: readonly { of: DatabaseKind; bar: number }[] = [
      { of: 'SQLite', bar: 0.8 },
      { of: 'MariaDB', bar: 0.65 },
    ];
    return {
      ...recorded(found),
      verdicts: bars
        .filter(({ of }) => kinds.includes(of))
        .map(({ of, bar }) => throughputVerdict(found, { what: `throughput, ${of}`, of, by: 'PostgreSQL', bar })),
    };
  },
};

async function answers(lab: Lab): Promise<boolean> {
  try {
    await using _ = await freshDatabase(lab, 'MariaDB');
    return true;
  } catch (error) {
    lab.say(`  skipping MariaDB: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}
