import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { restoreDeadLetters } from '../../dead-letters/restore.ts';
import type { AuditStore, RestorableDeadLetter } from '../../internal-system/audit-store.ts';
import { shipmentQueueName } from '../../shipments/shipment-event.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson, say, visible } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { auditCommand } from '../connect/command-actor.ts';
import { withAudit } from '../connect/with-audit.ts';
import { withBroker } from '../connect/with-broker.ts';

/** As many as are kept. */
const LIMIT = 10_000;

export function defineRestore(deadLetters: Command): void {
  deadLetters
    .command('restore')
    .summary('bring discarded dead letters back')
    .description(
      'Publishes discarded dead letters to the queue that they came from, as events that never failed, and records that in the audit. The newest ' +
        '10,000 of 90 days are kept for it, unless a message was larger than 64 KiB.',
    )
    .argument('<orderOrId...>', 'orders as their events name them, or ids of dead letters: see list --discarded')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: [['order-sync dead-letters restore 10086', 'its event was discarded by mistake']],
        exits: [
          [EXIT.ok, 'restored'],
          [EXIT.failed, 'nothing discarded goes by one of these names; the others were restored'],
          [EXIT.unavailable, 'RabbitMQ or the internal system does not answer; what was not restored can be later'],
          [EXIT.badConfiguration, 'the configuration is wrong, or RabbitMQ rejects it'],
        ],
      }),
    )
    .action(run(restore));
}

async function restore(names: readonly string[], { json }: { json?: true }): Promise<number> {
  const config = loadConfig(readEnvironment(), ['rabbitmq', 'internalSystem']);
  const { queue } = config.rabbitmq;
  const queues = { orders: queue, shipments: shipmentQueueName(queue) };
  return await withAudit(config, async (audit) => {
    const { found, unmatched } = await namedIn(audit, names);
    const restored: RestorableDeadLetter[] = [];
    if (found.length > 0) {
      const progress = new Progress((count) => `${count} restored …`);
      try {
        await withBroker(config.rabbitmq, (rabbit) =>
          restoreDeadLetters(found, rabbit, queues, audit, (deadLetter) => {
            restored.push(deadLetter);
            progress.add();
          }),
        );
      } finally {
        progress.end();
        const orders = new Set(restored.flatMap(({ order }) => order ?? []));
        if (restored.length > 0) await auditCommand({ audit }, 'restored', [...orders], { done: restored.length });
      }
    }
    if (json) await printJson({ restored: restored.length, unmatched });
    else await print(`${counted(restored.length, 'dead letter')} restored.`);
    for (const name of unmatched) say(`Nothing that was discarded and kept goes by ${visible(name)}.`);
    return unmatched.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

async function namedIn(audit: AuditStore, names: readonly string[]) {
  const found = new Map<string, RestorableDeadLetter>();
  const unmatched: string[] = [];
  for (const name of new Set(names)) {
    const kept = await audit.kept({ names: [name], limit: LIMIT });
    if (kept.length === 0) unmatched.push(name);
    for (const deadLetter of kept) found.set(deadLetter.id, deadLetter);
  }
  return { found: [...found.values()], unmatched };
}
