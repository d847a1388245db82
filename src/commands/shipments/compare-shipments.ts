import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { compareShipments } from '../../shipments/compare.ts';
import { createShop } from '../../shop/create-shop.ts';
import { counted } from '../cli/counted.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

interface CompareOptions {
  readonly dryRun?: true;
  readonly json?: true;
}

export function defineCompareShipments(program: Command): void {
  program
    .command('compare-shipments')
    .summary('find what was shipped here and is not in the shop')
    .description(
      'Looks in the shop for every shipment that was reported in the last 7 days; those that are not there are reported again ' +
        'by the daemon, which does the same once a day.',
    )
    .option('--dry-run', 'only look')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync compare-shipments --dry-run', 'does the shop have all of them?']],
        exits: [
          [EXIT.ok, 'the shop has all of them'],
          [EXIT.failed, 'some were missing, or this shop or internal system cannot be compared'],
          [EXIT.unavailable, 'the shop or the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(compare));
}

async function compare({ dryRun, json }: CompareOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop', 'internalSystem']);
  const shop = await createShop(config.shop, config.env);
  try {
    const { compared, missing } = await withInternalSystem(config, async (system) => {
      if (shop.listShipments === undefined || system.shipments === undefined)
        throw new CommandError("Can't compare: this shop does not list shipments, or this internal system keeps none.");
      const { signal } = new AbortController();
      return await compareShipments(shop, system, system.shipments, signal, dryRun);
    });
    if (json) await printJson({ compared, missing });
    else {
      const names = missing.map(({ orderNumber, shipmentId }) => `  ${orderNumber}: ${shipmentId}`);
      const follows = missing.length === 0 || dryRun ? '' : '; the daemon reports them again';
      await print(`${counted(compared, 'shipment')} compared, ${missing.length} not in the shop${follows}.`, ...names);
    }
    return missing.length === 0 ? EXIT.ok : EXIT.failed;
  } finally {
    await shop.close?.();
  }
}
