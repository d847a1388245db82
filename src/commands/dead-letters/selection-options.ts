import { type Command, Option } from 'commander';
import { DEFAULT_EXCHANGE } from '../../broker/routing.ts';
import type { RabbitMQConfig } from '../../config/load-config.ts';
import { UNKNOWN_REASON } from '../../dead-letters/summary.ts';
import { FAILURE_REASONS } from '../../errors.ts';
import { shipmentQueueName } from '../../shipments/shipment-event.ts';

/** Which dead letters a command applies to, as given on the command line. */
export interface SelectionOptions {
  readonly reason?: string;
  readonly all?: true;
  readonly shipments?: true;
}

/** Whose dead letters are meant: the orders', or the shipments' beside them. */
export function deadLettersOf(
  rabbitmq: RabbitMQConfig,
  { shipments }: Pick<SelectionOptions, 'shipments'>,
): RabbitMQConfig {
  if (!shipments) return rabbitmq;
  const { routingKey: _, ...options } = rabbitmq;
  return { ...options, exchange: DEFAULT_EXCHANGE, exchangeType: 'direct', queue: shipmentQueueName(rabbitmq.queue) };
}

export function shipmentsOption(): Option {
  return new Option('--shipments', 'those of shipments that could not be reported to the shop');
}

export function addSelection(command: Command): Command {
  return command
    .argument('[orderOrId...]', "order numbers, the shop's own ids, or ids of dead letters")
    .addOption(
      new Option('--reason <reason>', 'only those with this reason').choices([...FAILURE_REASONS, UNKNOWN_REASON]),
    )
    .addOption(shipmentsOption());
}

/** For commands that change something: a forgotten argument must not mean everything. */
export function requireSelection(command: Command, names: readonly string[], { all, reason }: SelectionOptions): void {
  if (all && names.length > 0) command.error('error: give either --all, or order numbers and ids, not both');
  if (!all && names.length === 0 && reason === undefined) {
    command.error('error: select dead letters by order number, id, --reason or --all');
  }
}
