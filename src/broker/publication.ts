import type { ConfirmChannel, Message, Options } from 'amqplib';
import { PublishRefusedError, PublishUnconfirmedError } from './errors.ts';

export interface Publication {
  /** '' is the default exchange, which routes to the queue named by the routing key. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly content: Buffer;
  readonly properties?: Omit<Options.Publish, 'mandatory' | 'persistent' | 'deliveryMode'>;
  /**
   * Time spent while the broker takes no messages from anyone does not count, until this is aborted. For whoever can wait,
   * and would otherwise only try the same again.
   */
  readonly holdUntil?: AbortSignal;
}

/** An object as JSON, anything else as trimmed text. */
export function asMessage(
  message: unknown,
  headers: Readonly<Record<string, unknown>>,
): Pick<Publication, 'content' | 'properties'> {
  const isJson = typeof message === 'object' && message !== null;
  return {
    content: Buffer.from(isJson ? JSON.stringify(message) : String(message).trim()),
    properties: {
      contentType: isJson ? 'application/json' : 'text/plain',
      contentEncoding: 'utf-8',
      timestamp: Math.floor(Date.now() / 1000),
      headers: { [PUBLISHED_AT_HEADER]: Date.now(), ...headers },
    },
  };
}

/** When `send` was called, in ms since the epoch: AMQP's own timestamp has whole seconds only. */
export const PUBLISHED_AT_HEADER = 'x-order-sync-published-at';

/** Ties a returned message to its publish. It stays on the message: harmless, and handy in a broker's trace. */
const PUBLISH_ID_HEADER = 'x-order-sync-publish-id';

/** Resolves when the broker has confirmed it. Rejects when the broker refuses, or when the channel ends: amqplib then fails every open confirm. */
export async function send(channel: ConfirmChannel, publication: Publication, id: number): Promise<void> {
  const { exchange, routingKey, content, properties } = publication;
  const headers = { ...properties?.headers, [PUBLISH_ID_HEADER]: id };
  const options = { ...properties, headers, persistent: true, mandatory: true };
  const confirm = Promise.withResolvers<void>();
  channel.publish(exchange, routingKey, content, options, (error: Error | null) => {
    if (error === null) confirm.resolve();
    else confirm.reject(error);
  });
  await confirm.promise;
}

/** Of a message that was returned. */
export function publishIdOf({ properties }: Message): number | undefined {
  const id: unknown = properties.headers?.[PUBLISH_ID_HEADER];
  return typeof id === 'number' ? id : undefined;
}

/** @param alarm why the broker takes no messages from anybody, in its words */
export function explainFailure(cause: unknown, publication: Publication, alarm: string | undefined): Error {
  // In amqplib only the message tells a nack from a closed channel.
  if (cause instanceof Error && cause.message === 'message nacked') {
    return new PublishRefusedError(
      `The broker refused a message for ${where(publication)}: is the queue full, or a node of it down?`,
      { cause },
    );
  }
  const why =
    alarm === undefined ? '' : ` RabbitMQ takes no messages at present (${alarm}): free memory or disk space there.`;
  return new PublishUnconfirmedError(
    `No confirm arrived for a message to ${where(publication)}: it may or may not have arrived; sending it again is safe.${why}`,
    { cause },
  );
}

export function where({ exchange, routingKey }: Publication): string {
  return exchange === '' ? `queue "${routingKey}"` : `exchange "${exchange}" with routing key "${routingKey}"`;
}
