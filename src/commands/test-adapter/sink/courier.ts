/**
 * A daemon without a broker, as a process of its own that can be killed: takes errands from its parent, and brings each order
 * into the ledger and from there into the ERP, which is in trouble half of the time.
 */
import { loadConfig } from '../../../config/load-config.ts';
import { readEnvironment } from '../../../config/read-environment.ts';
import { asSyncError, ConfigError } from '../../../errors.ts';
import { createOrderSink } from '../../../internal-system/create-internal-system.ts';
import { OrderDeliverer } from '../../../internal-system/order-deliverer.ts';
import { OrderWriter } from '../../../internal-system/order-writer.ts';
import { LedgeredSink } from '../../../internal-system/sink/ledgered-sink.ts';
import { Sqlite } from '../../../internal-system/sqlite/sqlite.ts';
import { type Errand, type Greeting, type Plan, type Report, storyOf } from './errands.ts';
import { inTrouble } from './faulty-erp.ts';

async function start({ recipe, ledger }: Plan): Promise<void> {
  const { internalSystem, env } = loadConfig(readEnvironment(), ['internalSystem']);
  const sink = inTrouble(await createOrderSink({ ...internalSystem, shop: recipe.shop, env }));
  const notify = () => undefined;
  const system = new LedgeredSink(
    new Sqlite(ledger, { tablePrefix: '', notify, connected: () => undefined }),
    recipe.shop,
    sink,
    notify,
  );
  await system.open();
  await system.delivery.open(new AbortController().signal);
  const writer = new OrderWriter(system);
  const deliverer = new OrderDeliverer(system.delivery);

  async function carry({ id, index, version }: Errand): Promise<Report> {
    const order = storyOf(recipe, index).versions[version - 1];
    if (order === undefined) throw new Error('expected a version');
    const fetchedAt = new Date(Date.parse(order.updatedAt) + 1_000);
    const eventInfo = { reference: order.orderNumber, event: 'updated', attempt: 1, receivedAt: fetchedAt } as const;
    const snapshot = { order, fetchedAt, eventInfo };
    try {
      await writer.write(snapshot);
      await deliverer.deliver(snapshot);
      return { id };
    } catch (error) {
      const { reason, message, kind } = asSyncError(error);
      return { id, failure: { reason, message, isFinal: kind === 'permanent' } };
    }
  }

  process.on('message', (errand: Errand) => void carry(errand).then(tell));
}

function tell(message: Report | Greeting): void {
  // A parent that is gone needs to hear nothing.
  process.send?.(message, () => undefined);
}

process.once('disconnect', () => process.exit());
const plan = JSON.parse(process.argv[2] ?? '{}') as Plan;
start({ ...plan, recipe: { ...plan.recipe, startedAt: new Date(plan.recipe.startedAt) } }).then(
  () => tell({ isReady: true }),
  (error: unknown) =>
    tell({ isReady: false, problem: error instanceof ConfigError ? error.message : asSyncError(error).message }),
);
