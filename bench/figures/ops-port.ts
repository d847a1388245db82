import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { orderSync } from '../contenders/contenders.ts';
import { Audience } from '../lab/audience.ts';
import { drain, type Run } from '../lab/drain.ts';
import type { Lab } from '../lab/lab.ts';
import { interleave, medianOf } from '../lab/rounds.ts';
import { ShopProcess } from '../lab/shop-process.ts';
import { describeRun, recorded, throughputVerdict } from '../report/throughput.ts';
import type { Figure } from './figure.ts';

const CONCURRENCY = 64;
const SETTINGS = { concurrency: CONCURRENCY, prefetch: 2 * CONCURRENCY };
/** It looks for a difference of a few per cent, so it needs more rounds. */
const MIN_ROUNDS = 5;

const [OFF, POLLED] = ['port off', 'port polled'];

/** What monitoring costs: everything on the operations port is requested without a pause. */
export const opsPort: Figure = {
  name: 'ops-port',
  title: 'the operations port under constant polling',
  async run(lab) {
    await using shop = await ShopProcess.start();
    const { rounds } = lab.options;
    const found = await interleave(lab.say, rounds === 1 ? 1 : Math.max(rounds, MIN_ROUNDS), [
      { name: OFF, run: () => unseen(lab, shop), describe: describeRun },
      { name: POLLED, run: () => polled(lab, shop), describe: describeRun },
    ]);
    const verdict = throughputVerdict(found, { what: 'throughput, port polled', of: POLLED, by: OFF, bar: 0.95 });
    const cpu = (name: string) => `${medianOf(found, name, (run) => run.cpuMsPerOrder).toFixed(3)} ms CPU`;
    return {
      ...recorded(found),
      verdicts: [
        {
          ...verdict,
          measured: `${verdict.measured}, ${cpu(POLLED)}`,
          against: `${verdict.against}, ${cpu(OFF)}`,
        },
      ],
    };
  },
};

function unseen(lab: Lab, shop: ShopProcess): Promise<Run> {
  return drain(lab, { contender: orderSync(SETTINGS), shop, orders: lab.options.orders });
}

async function polled(lab: Lab, shop: ShopProcess): Promise<Run> {
  const [port = 0] = await freePorts(1);
  await using audience = new Audience(port);
  return await drain(lab, {
    contender: orderSync({ ...SETTINGS, opsPort: port }),
    shop,
    orders: lab.options.orders,
    inspect: async ({ elapsedMs }) => audience.findMissing(elapsedMs / 1000),
  });
}
