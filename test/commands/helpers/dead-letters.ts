import { randomUUID } from 'node:crypto';
import type { Bystander } from '../../helpers/broker.ts';

export interface DeadLetterFields {
  readonly id?: string;
  readonly reason?: string;
  readonly content?: string | Buffer;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly properties?: object;
}

/** Puts a dead letter where the daemon would. @returns its id */
export async function aDeadLetter(
  bystander: Bystander,
  queue: string,
  { id = randomUUID(), reason = 'order_not_found', content, headers = {}, properties = {} }: DeadLetterFields = {},
): Promise<string> {
  await declareDeadLetters(bystander, queue);
  await bystander.publish(`${queue}.dead-letters`, content ?? '{"orderNumber":"10086","event":"paid"}', {
    ...properties,
    headers: {
      'x-order-sync-failures': 3,
      'x-order-sync-reason': reason,
      'x-order-sync-error': 'The shop knows no such order.',
      'x-order-sync-first-failed-at': Date.now() - 120_000,
      'x-order-sync-last-failed-at': Date.now() - 60_000,
      'x-order-sync-published-at': Date.now() - 130_000,
      'x-order-sync-dead-letter-id': id,
      ...headers,
    },
  });
  return id;
}

export async function declareDeadLetters({ channel }: Bystander, queue: string): Promise<void> {
  const declaration = { durable: true, arguments: { 'x-queue-type': 'classic', 'x-overflow': 'reject-publish' } };
  await channel.assertQueue(`${queue}.dead-letters`, declaration);
}
