import type { GetMessage } from 'amqplib';
import { openConnectionWithTimeout } from '../broker/open-with-timeout.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import type { Publication } from '../broker/publication.ts';
import { countMessages } from '../broker/queue-counts.ts';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Generation } from '../broker/supervised-connection.ts';
import { type EventMessage, eventOfOneOrder } from '../messages/decode/decode-event.ts';
import { HEADER } from '../messages/headers.ts';
import type { OrderEvent } from '../messages/order-event.ts';
import { deadLetterQueueName, retryQueueName } from '../messages/retry-queues.ts';
import type { OrderName } from '../orders/order-reference.ts';
import { DeadLetters, removeDeadLetter } from './dead-letters.ts';

export interface BareMessages {
  /** Messages that were replaced. */
  readonly replaced: number;
  /** Dead letters that can't be read as events, and mention one of the orders: a person has to look at these. */
  readonly unreadable: readonly string[];
}

export interface Wanted {
  /** Every name by which an event may call one of the orders. */
  readonly names: ReadonlySet<string>;
  /** In lower case: messages that mention this address are meant as well, whatever their order. */
  readonly email: string | undefined;
  /** Which of an order's names counts if a message has both, and so is left: the one that the shop can be asked by. */
  readonly preferred: OrderName | undefined;
}

/**
 * Leaves of the events for these orders that wait for another attempt or for a person no more than which order it is and what happened:
 * a producer may publish whole orders. Each is replaced with a copy, confirmed before it is removed; killed in between, both are there.
 *
 * @throws BrokerUnavailableError; what `rabbit.publish` throws. Run again, it goes on
 */
export async function bareMessages(
  options: RabbitMQOptions,
  retryDelaysMs: readonly number[],
  wanted: Wanted,
  rabbit: Pick<RabbitMQ, 'publish' | 'queue' | 'companion'>,
): Promise<BareMessages> {
  const retries = [...new Set(retryDelaysMs)].map((delayMs) => retryQueueName(rabbit.queue, delayMs));
  const replaced = await bareRetries(options, retries, wanted, rabbit);
  const dead = await bareDeadLetters(options, wanted, rabbit);
  return { replaced: replaced + dead.replaced, unreadable: dead.unreadable };
}

async function bareDeadLetters(
  options: RabbitMQOptions,
  wanted: Wanted,
  rabbit: Pick<RabbitMQ, 'publish' | 'queue' | 'companion'>,
): Promise<BareMessages> {
  const queue = rabbit.companion(deadLetterQueueName(rabbit.queue));
  const unreadable: string[] = [];
  let replaced = 0;
  await using deadLetters = await DeadLetters.open(options);
  for await (const deadLetter of deadLetters) {
    const { delivery, id } = deadLetter;
    const event = eventOfOneOrder(delivery, wanted.preferred);
    if (event === undefined && mentions(delivery, wanted)) unreadable.push(id);
    if (event === undefined || !isAbout(delivery, event, wanted) || isBare(delivery, event)) continue;
    await rabbit.publish(bare(queue, event, delivery));
    removeDeadLetter(deadLetter, 'Its copy is there as well; run it again.');
    replaced += 1;
  }
  return { replaced, unreadable };
}

async function bareRetries(
  options: RabbitMQOptions,
  queues: readonly string[],
  wanted: Wanted,
  rabbit: Pick<RabbitMQ, 'publish'>,
): Promise<number> {
  let generation: Generation | undefined;
  const { endpoints } = checkOptions(options);
  const connection = await openConnectionWithTimeout(endpoints, 'order-sync forget', async (current) => {
    generation = current;
  });
  let replaced = 0;
  try {
    for (const queue of queues)
      if (generation !== undefined) replaced += await bareQueue(generation, queue, wanted, rabbit);
  } finally {
    await connection.close();
  }
  return replaced;
}

/** The channel gives the others back when it closes, to where they were. */
async function bareQueue(
  generation: Generation,
  queue: string,
  wanted: Wanted,
  rabbit: Pick<RabbitMQ, 'publish'>,
): Promise<number> {
  const count = (await countMessages(generation, queue))?.messages ?? 0;
  if (count === 0) return 0;
  const channel = await generation.model.createChannel();
  // A failure rejects; the event only repeats it.
  channel.on('error', () => undefined);
  let replaced = 0;
  try {
    for (let seen = 0; seen < count; seen += 1) {
      const found = await generation.answer(channel.get(queue, { noAck: false }), 'a message');
      if (found === false) break;
      const message = messageIn(found);
      const event = eventOfOneOrder(message, wanted.preferred);
      if (event === undefined || !isAbout(message, event, wanted) || isBare(message, event)) continue;
      await rabbit.publish(bare(queue, event, message));
      channel.ack(found);
      replaced += 1;
    }
  } finally {
    await channel.close();
  }
  return replaced;
}

function messageIn({ content, properties, fields: { exchange, routingKey } }: GetMessage): EventMessage {
  return { content, properties, exchange, routingKey };
}

function bare(queue: string, event: OrderEvent, message: EventMessage): Publication {
  const properties = { contentType: 'application/json', headers: ownHeadersOf(message) };
  return { exchange: '', routingKey: queue, content: Buffer.from(bodyOf(event)), properties };
}

function bodyOf({ reference, type }: OrderEvent): string {
  return JSON.stringify({ orderNumber: reference, ...(type === 'unspecified' ? {} : { event: type }) });
}

function isBare(message: EventMessage, event: OrderEvent): boolean {
  const headers = Object.keys(message.properties.headers ?? {});
  return (
    message.content.toString() === bodyOf(event) && headers.every((name) => KEPT.has(name) || name.startsWith('x-'))
  );
}

const KEPT: ReadonlySet<string> = new Set(Object.values(HEADER));

function ownHeadersOf({ properties }: EventMessage): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties.headers ?? {}).filter(([name]) => KEPT.has(name)));
}

function isAbout(message: EventMessage, { reference }: OrderEvent, { names, email }: Wanted): boolean {
  return names.has(reference) || hasEmail(message, email);
}

/** A name counts as a word of its own: the number of an order may be short. */
function mentions(message: EventMessage, { names, email }: Wanted): boolean {
  const words = new Set(message.content.toString().split(/[^\p{L}\p{N}#/_-]+/u));
  return hasEmail(message, email) || [...names].some((name) => words.has(name));
}

function hasEmail({ content, properties }: EventMessage, email: string | undefined): boolean {
  if (email === undefined) return false;
  return `${content.toString()} ${JSON.stringify(properties.headers ?? {})}`.toLowerCase().includes(email);
}
