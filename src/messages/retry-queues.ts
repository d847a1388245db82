import type { QueueDeclaration, QueueType } from '../broker/options.ts';

/**
 * The queues an order event passes through besides the main one:
 *
 *     <queue>.retry.<delay>   events that wait `delay` ms, then return to <queue>
 *     <queue>.dead-letters    events that wait for a person
 *     <queue>.dead-letters.2  the same, where an earlier version has declared the former
 *
 * One retry queue per delay, because messages expire only at the head of a queue. Retry queues are quorum queues whatever
 * the main queue is: only those pass expired messages on at least once, so a broker killed at that very moment loses none.
 * They have no consumer, so no delivery limit applies.
 */
export function retryQueues(queue: string, queueType: QueueType, delaysMs: readonly number[]): QueueDeclaration[] {
  const retries = [...new Set(delaysMs)].map(
    (delayMs): QueueDeclaration => ({
      name: retryQueueName(queue, delayMs),
      type: 'quorum',
      arguments: {
        'x-message-ttl': delayMs,
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': queue,
        'x-dead-letter-strategy': 'at-least-once',
        'x-overflow': 'reject-publish',
      },
    }),
  );
  return [...retries, deadLetterQueue(queue, queueType)];
}

/**
 * A policy that limits its length must not make it drop its oldest: it refuses further ones instead. Version 0.1 left
 * that argument out.
 */
function deadLetterQueue(queue: string, type: QueueType): QueueDeclaration {
  const successor = deadLetterSuccessorName(queue);
  const refuses = { 'x-overflow': 'reject-publish' };
  return { name: deadLetterQueueName(queue), type, arguments: refuses, earlier: { arguments: {}, successor } };
}

export function retryQueueName(queue: string, delayMs: number): string {
  return `${queue}.retry.${delayMs}`;
}

export function isRetryQueue(name: string): boolean {
  return /\.retry\.\d+$/.test(name);
}

export function deadLetterQueueName(queue: string): string {
  return `${queue}.dead-letters`;
}

/** In use where an earlier version has declared the dead-letter queue. */
export function deadLetterSuccessorName(queue: string): string {
  return `${deadLetterQueueName(queue)}.2`;
}
