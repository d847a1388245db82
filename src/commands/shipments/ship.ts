import { type Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import { recordShipment } from '../../shipments/record-shipment.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { auditCommand } from '../connect/command-actor.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

interface ShipOptions {
  readonly tracking?: string;
  readonly carrier?: string;
  readonly url?: string;
  readonly line?: readonly GivenLine[];
  readonly shippedAt?: string;
  readonly id?: string;
  readonly json?: true;
}

interface GivenLine {
  readonly sku: string;
  readonly quantity: string;
}

/** Of an order that is shipped in one parcel without a tracking number. */
const ONLY_SHIPMENT = '1';

export function defineShip(program: Command): void {
  program
    .command('ship')
    .summary('record what left the warehouse, for the shop')
    .description(
      'Records a shipment in the internal system; the daemon reports it to the shop (REPORT_SHIPMENTS). The same id again ' +
        'is a correction: so repeating the command does no harm.',
    )
    .argument('<orderNumber>', "an order number, or the shop's own id", parseReference)
    .option('--tracking <number>', 'the tracking number')
    .option('--carrier <name>', 'who carries it, as the shop knows it')
    .option('--url <address>', 'where it can be tracked')
    .option('--line <sku=quantity>', 'what is in it; repeat it for each product. Without it, all that is left', addLine)
    .option('--shipped-at <time>', 'when it left, such as 2026-11-22T16:00:00+08:00; without it, now')
    .option('--id <id>', 'your own name for the parcel; without it, the tracking number')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync ship 10086 --carrier SF --tracking SF1000000000001', 'everything, in one parcel'],
          ['order-sync ship 10086 --id P-2 --carrier SF --tracking SF2 --line TEA-LJ-250=1', 'a part of it'],
          ['order-sync ship 10086 --id P-2 --carrier SF --tracking SF3 --line TEA-LJ-250=1', 'another tracking number'],
        ],
        exits: [
          [EXIT.ok, 'recorded, corrected, or there already'],
          [EXIT.failed, 'the shipment is not valid, or the order is not stored; nothing was recorded'],
          [EXIT.usage, 'an argument is wrong'],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(ship));
}

async function ship(orderNumber: string, options: ShipOptions): Promise<number> {
  const { tracking, carrier, url, line, id, shippedAt, json } = options;
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  const shipmentId = id ?? tracking ?? ONLY_SHIPMENT;
  const result = await withInternalSystem(config, async (system) => {
    const known = await system.shipments?.ofOrder(orderNumber);
    const before = known?.find((record) => record.shipmentId === shipmentId);
    const entered = {
      orderNumber,
      shipmentId,
      carrier,
      trackingNumber: tracking,
      trackingUrl: url,
      // Repeated without a time, it is the same shipment.
      shippedAt: shippedAt ?? before?.shippedAt ?? new Date().toISOString(),
      lines: line,
    };
    const recorded = await recordShipment(entered, system);
    if ('outcome' in recorded && recorded.outcome !== 'unchanged')
      await auditCommand(system, 'ship', [orderNumber], { shipmentId });
    return recorded;
  });
  if ('problem' in result) throw new CommandError(`Not recorded. ${result.problem}`);
  const { outcome, shipment } = result;
  if (json) await printJson({ outcome, shipment });
  else await print(`Shipment ${shipment.shipmentId} of order ${shipment.orderNumber}: ${IN_WORDS[outcome]}.`);
  return EXIT.ok;
}

const IN_WORDS = {
  recorded: 'recorded; the daemon reports it to the shop',
  corrected: 'corrected; the daemon reports it to the shop again',
  unchanged: 'recorded already, and not changed',
} as const;

function parseReference(text: string): string {
  if (isOrderReference(text.trim())) return text.trim();
  throw new InvalidArgumentError(`An order number has ${ORDER_REFERENCE_RULE}.`);
}

function addLine(text: string, previous: readonly GivenLine[] = []): readonly GivenLine[] {
  const [, sku, quantity] = /^(.+)=(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (sku === undefined || quantity === undefined)
    throw new InvalidArgumentError('Expected a SKU and how many of it, such as TEA-LJ-250=2.');
  return [...previous, { sku, quantity }];
}
