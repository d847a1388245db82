import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { orderNames } from '../../dead-letters/order-names.ts';
import { Selection } from '../../dead-letters/selection.ts';
import { say, visible } from '../cli/output.ts';
import { hasNoFileYet, withInternalSystem } from '../connect/with-internal-system.ts';
import type { SelectionOptions } from './selection-options.ts';

/**
 * Dead letters by what a person calls them: an event may have named its order by its number or by the shop's id, and the
 * internal system knows both. While that cannot be asked, the names count as they are, and a line on stderr says so.
 */
export async function selectionOf(names: readonly string[], options: SelectionOptions): Promise<Selection> {
  const orders = new Map(names.map((name) => [name, [name] as readonly string[]]));
  try {
    if (names.length > 0) await addOtherNames(orders);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown error';
    say(`Only what the events themselves say is looked for, as the internal system can't be asked: ${problem}`);
  }
  return new Selection(orders, options);
}

async function addOtherNames(orders: Map<string, readonly string[]>): Promise<void> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  if (hasNoFileYet(config.internalSystem)) return;
  await withInternalSystem(config, async (system) => {
    for (const name of orders.keys()) {
      const { names, isAmbiguous } = await orderNames(name, system);
      orders.set(name, names);
      if (isAmbiguous) say(`${visible(name)} goes by several orders: only events that say ${visible(name)} are meant.`);
    }
  });
}
