import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.ts';

export interface Options {
  /** Names of figures; empty for all. */
  readonly only: readonly string[];
  /** Orders of a run for fast contenders. Slow ones get a fraction. */
  readonly orders: number;
  readonly rounds: number;
  /** Events of the long drain. */
  readonly drain: number;
  /** Orders already in the internal system. */
  readonly growth: number;
  /** Seconds of each latency run, at 20 orders a second. */
  readonly latencySeconds: number;
  /** Orders of a rate-limited run that fetches 50 at a time. */
  readonly limitedOrders: number;
  /** An order-sync built earlier, to compare versions; undefined builds the current one. */
  readonly product: string | undefined;
  readonly json: string;
  /** Write CPU profiles of order-sync next to the results. */
  readonly profile: boolean;
  /** Update docs/performance.md and its plots. */
  readonly docs: boolean;
}

const FULL = {
  orders: 60_000,
  rounds: 3,
  drain: 1_000_000,
  growth: 1_000_000,
  latencySeconds: 15,
  limitedOrders: 1_000,
};
/** Everything runs and is checked, but the numbers mean nothing. */
const QUICK = { orders: 300, rounds: 1, drain: 1_000, growth: 1_000, latencySeconds: 1, limitedOrders: 200 };

export const USAGE = `usage: npm run bench -- [options]

  --only a,b      measure only these figures: %FIGURES%
  --orders N      orders of a throughput run (${FULL.orders}); slow contenders get fewer
  --rounds R      rounds, with contenders interleaved (${FULL.rounds})
  --drain N       events of the long drain (${FULL.drain})
  --growth N      orders stored beforehand for the figure "growth" (${FULL.growth})
  --product FILE  measure this main.js of an order-sync built earlier, to compare versions
  --json FILE     write the results here, and the plots next to it (data/bench/results.json)
  --profile       write CPU profiles of order-sync, and show where the time went
  --docs          update table and plots in docs/performance.md
  --quick         send a few orders through each figure, only to check that they arrive
  --help          show this help
`;

/** @throws BenchError for an unknown option or a wrong value */
export function parseOptions(args: readonly string[], figures: readonly string[]): Options | 'help' {
  const { values } = parse(args);
  if (values.help === true) return 'help';
  const sizes = values.quick === true ? QUICK : FULL;
  const only = values.only?.split(',').map((name) => name.trim()) ?? [];
  const unknown = only.find((name) => !figures.includes(name));
  if (unknown !== undefined)
    throw new BenchError(`--only: there is no figure "${unknown}"; expected some of ${figures.join(', ')}`);
  if (only.length > 0 && values.docs === true)
    throw new BenchError('--docs: the page shows all figures, so leave out --only');
  return {
    ...sizes,
    only,
    orders: count('orders', values.orders, sizes.orders),
    rounds: count('rounds', values.rounds, sizes.rounds),
    drain: count('drain', values.drain, sizes.drain),
    growth: count('growth', values.growth, sizes.growth),
    product: values.product === undefined ? undefined : resolve(values.product),
    json: values.json ?? 'data/bench/results.json',
    profile: values.profile === true,
    docs: values.docs === true,
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...{ only: text, orders: text, rounds: text, drain: text, growth: text, product: text, json: text },
        ...{ docs: flag, profile: flag, quick: flag, help: flag },
      },
    });
  } catch (error) {
    throw new BenchError(`${error instanceof Error ? error.message : String(error)}. See --help.`);
  }
}

function count(name: string, given: string | undefined, usual: number): number {
  if (given === undefined) return usual;
  if (!/^[1-9]\d{0,8}$/.test(given))
    throw new BenchError(`--${name}: found "${given}", expected a whole number above 0`);
  return Number(given);
}
