import { BrokerUnavailableError } from '../../broker/errors.ts';
import type { Config } from '../../config/load-config.ts';
import type { ImportPlan } from '../../import/import-plan.ts';
import { type ImportProblem, ImportResult } from '../../import/import-result.ts';
import { type ImportState, importIn, kept } from '../../import/import-state.ts';
import { Importer } from '../../import/importer.ts';
import { Throttle } from '../../import/throttle.ts';
import { OrderDeliverer } from '../../internal-system/order-deliverer.ts';
import { OrderWriter } from '../../internal-system/order-writer.ts';
import { LiveOrders } from '../../messages/live-orders.ts';
import { GracePeriod } from '../../reconcile/grace-period.ts';
import { readOnlyRecord, type ScanRecord } from '../../reconcile/lease.ts';
import { ShopOrders } from '../../reconcile/shop-orders.ts';
import { CommandError } from '../cli/exit-status.ts';
import { printJsonLine, say } from '../cli/output.ts';
import type { Sides } from '../connect/with-both-sides.ts';
import { planOf, refuseOtherImport } from './begin.ts';
import { importLease } from './import-lease.ts';
import { commandFor, type ImportOptions, wishOf } from './options.ts';
import { Reporter } from './reporter.ts';

export interface DoneImport {
  readonly result: ImportResult;
  readonly plan: ImportPlan;
}

/**
 * Begins an import, or goes on with one.
 *
 * @param isSure asked before anything happens
 * @returns undefined if the answer was no
 * @throws CommandError if another one is running or unfinished, or when interrupted; whatever ends the import
 */
export async function runImport(
  config: Config,
  sides: Sides,
  options: ImportOptions,
  isSure: (plan: ImportPlan) => Promise<boolean>,
): Promise<DoneImport | undefined> {
  const { store } = sides;
  const isDryRun = options.dryRun === true;
  const before = isDryRun || options.restart ? undefined : importIn(await store.readScan('import'));
  const earlier = before?.isFinished === false ? before : undefined;
  refuseOtherImport(earlier, options);
  const begunAt = earlier?.begunAt ?? new Date().toISOString();
  const plan = planOf(options, new Date(begunAt));
  if (earlier !== undefined)
    say(`Going on with the import begun at ${begunAt}, from ${earlier.placed ?? 'its start'}.`);
  if (!(await isSure(plan))) return undefined;
  await using record = await (isDryRun ? readOnlyRecord(store, 'import') : importLease(store));
  await using live = isDryRun ? undefined : await watchedOrders(config);
  const result = new ImportResult(earlier);
  const state = { wish: wishOf(options), begunAt, placed: earlier?.placed ?? null, isFinished: false };
  const isBehind = async () => (await live?.areWaiting()) === true;
  const throttle = new Throttle({ perSecond: options.rate, isBehind });
  try {
    await importAll({ sides, options, plan, result, state, record, throttle });
  } catch (error) {
    if (!isDryRun) say(`To go on from here: ${commandFor(state.wish)}`);
    throw error;
  }
  return { result, plan };
}

interface Started {
  readonly sides: Sides;
  readonly options: ImportOptions;
  readonly plan: ImportPlan;
  readonly result: ImportResult;
  readonly state: Omit<ImportState, 'counts' | 'problems'>;
  readonly record: ScanRecord;
  readonly throttle: Throttle;
}

async function importAll({ sides, options, plan, result, state, record, throttle }: Started): Promise<void> {
  const { shop, internalSystem, list, store } = sides;
  const signal = AbortSignal.any([interruption(), record.signal]);
  const isDryRun = options.dryRun === true;
  let { placed } = state;
  const save = (isFinished: boolean) =>
    record.save(kept({ ...state, placed, isFinished }, result, new Date().toISOString()));
  await save(false);
  if (!isDryRun) await internalSystem.delivery?.open(signal);
  const { delivery } = internalSystem;
  const shopOrders = new ShopOrders(shop, signal, throttle.slowDown);
  using reporter = new Reporter(result, plan, placed, () => throttle.isWaiting);
  try {
    const importer = new Importer({
      plan,
      list,
      store,
      shopOrders,
      maxBatch: shop.maxBatch ?? 1,
      writer: isDryRun ? undefined : new OrderWriter(internalSystem),
      deliverer: isDryRun || delivery === undefined ? undefined : new OrderDeliverer(delivery),
      grace: new GracePeriod((await shop.now?.(signal)) ?? new Date(), { newestListed: null, agoMs: 0 }),
      prunedBefore: (await store.readScan('prune')).cursor,
      throttle,
      result,
      onProblem: async (problem: ImportProblem) => {
        if (options.json) await printJsonLine(problem);
      },
      onBatch: async (reached) => {
        if (reached !== null && (placed === null || reached > placed)) placed = reached;
        reporter.reached(placed);
        await save(false);
      },
    });
    await importer.run(placed === null ? plan.since : justBefore(placed), signal);
    await save(true);
  } finally {
    shopOrders.close();
  }
}

/** Some shops read "since" as "after". */
function justBefore(instant: string): Date {
  return new Date(Date.parse(instant) - 1);
}

/** Without a broker there are no live orders to stand back for, as far as anyone can see. */
async function watchedOrders({ rabbitmq }: Config): Promise<LiveOrders | undefined> {
  try {
    return await LiveOrders.watch(rabbitmq);
  } catch (error) {
    if (!(error instanceof BrokerUnavailableError)) throw error;
    say(`${error.message}`, 'So nobody knows whether live orders wait: the import keeps to its rate.');
    return undefined;
  }
}

/** The first Ctrl-C ends it after what is in flight, a second one the process. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new CommandError('Interrupted. What was imported so far is here.'));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
  return controller.signal;
}
