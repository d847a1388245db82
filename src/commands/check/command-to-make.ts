import type { QueueDeclaration } from '../../broker/options.ts';
import { queueArguments } from '../../broker/topology.ts';

/** A command to copy: it makes these queues, and touches nothing else. It works with any indentation. */
export function commandToMake(queues: readonly QueueDeclaration[], vhost: string): string[] {
  const definitions = queues.map((queue) =>
    JSON.stringify({ name: queue.name, vhost, durable: true, auto_delete: false, arguments: queueArguments(queue) }),
  );
  const script = `printf %s '{"queues":[\n${definitions.join(',\n').replaceAll("'", "'\\''")}\n]}' | rabbitmqctl import_definitions`;
  return script.split('\n');
}
