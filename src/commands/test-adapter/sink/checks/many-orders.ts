import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ContractCheck, type Finding, skipped, wrong } from '../../finding.ts';
import { Couriers, type Outcome } from '../couriers.ts';
import { errandsFor } from '../errands.ts';
import { verdictOn } from '../flaws.ts';
import type { SinkSubject } from '../sink-subject.ts';

/** For so many orders, one daemon is killed. */
const ORDERS_PER_KILL = 20;
const FEWEST_KILLS = 2;

/** Everything at once, through a ledger of its own: two daemons, one of which is killed now and then, and an ERP in trouble. */
export const manyOrders: ContractCheck<SinkSubject> = {
  name: 'many orders',
  async run(subject) {
    const { sink, recipe, size } = subject;
    if (!sink.canFind) return [skipped('Without find(), nobody can tell what became of many orders.')];
    const orders = subject.stories(size);
    const errands = errandsFor(orders);
    const kills = Math.max(FEWEST_KILLS, Math.round(size / ORDERS_PER_KILL));
    const folder = await mkdtemp(join(tmpdir(), 'order-sync-test-adapter-'));
    try {
      const plan = { recipe, ledger: join(folder, 'ledger.db') };
      const outcome = await new Couriers(plan, errands, kills, () => sink.called()).carryAll();
      // Whoever delivers them next does not know what the ledger knew.
      for (const order of orders) order.isUncertain = true;
      const flawed = await sink.flawsIn(orders);
      const message = `${size} orders in ${errands.length} events, doubled and out of order, by two daemons of which ${outcome.kills} were killed, with an ERP that fails now and then: none lost, doubled, wrong or set back`;
      return [...givenUp(outcome, recipe.run), ...verdictOn(flawed, size, message)];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

function givenUp({ failed }: Outcome, run: string): Finding[] {
  if (failed.length === 0) return [];
  const examples = failed.map(({ errand, reason, message }) => `${run}-${errand.index}: ${reason}: ${message}`);
  return [wrong(`${failed.length} events could not be delivered.`, { examples })];
}
