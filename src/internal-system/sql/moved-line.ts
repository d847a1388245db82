import type { Server } from './renewed-pool.ts';

/**
 * What a person reads when connections lead to another server than before, or to the first one.
 *
 * @param kind of the database, such as `PostgreSQL`
 * @param failures of the servers that were tried before it
 */
export function movedLine(
  kind: string,
  server: Server,
  from: Server | undefined,
  failures: readonly unknown[],
): ['info' | 'warn', string] {
  const reasons = failures
    .map((failure) => ` ${failure instanceof Error ? failure.message : String(failure)}`)
    .join('');
  if (from === undefined) return ['info', `connected to ${kind} at ${server.name}.${reasons}`];
  return ['warn', `connected to ${kind} at ${server.name} from now on, no longer at ${from.name}.${reasons}`];
}
