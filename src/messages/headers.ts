import type { MessageProperties, Options } from 'amqplib';
import type { Delivery } from '../broker/delivery.ts';
import { PUBLISHED_AT_HEADER } from '../broker/publication.ts';
import type { FailureReason } from '../errors.ts';
import { parseTraceContext, type TraceContext } from '../trace-context.ts';
import { portableHeaders, portableProperties } from './portable-properties.ts';

/** A message's history, by its headers. Anyone can write headers: whatever is not plausible counts as absent. */
export interface MessageHistory {
  /** Attempts that failed before this one; 0 for a fresh event. */
  readonly failures: number;
  readonly firstFailedAt: Date | undefined;
  readonly publishedAt: Date | undefined;
  /** No later look follows if the event changes nothing. */
  readonly isLastLook: boolean;
}

/** Why and when a delivery failed: for the headers of a retry or a dead letter. */
export interface FailureNote {
  readonly failures: number;
  readonly reason: string;
  readonly error: string;
  readonly firstFailedAt: Date;
  readonly lastFailedAt: Date;
}

/** Our headers on a message that we publish again. */
export type Note = Partial<Record<keyof typeof HEADER, string | number>>;

export const HEADER = {
  failures: 'x-order-sync-failures',
  reason: 'x-order-sync-reason',
  error: 'x-order-sync-error',
  firstFailedAt: 'x-order-sync-first-failed-at',
  lastFailedAt: 'x-order-sync-last-failed-at',
  publishedAt: PUBLISHED_AT_HEADER,
  lastLook: 'x-order-sync-last-look',
  deadLetterId: 'x-order-sync-dead-letter-id',
} as const;

/** What the producer published with: it may be all that says what happened, and the broker does not keep it on a copy. */
const ROUTING_KEY_HEADER = 'x-order-sync-routing-key';

/** Undefined for a message that was published to its queue by name. */
export function originalRoutingKey({ exchange, routingKey, properties }: Published): string | undefined {
  if (exchange !== '') return routingKey;
  const carried = readHeader(properties, ROUTING_KEY_HEADER);
  return typeof carried === 'string' ? carried : undefined;
}

type Published = Pick<Delivery, 'exchange' | 'routingKey'> & {
  readonly properties: Pick<MessageProperties, 'headers'>;
};

/** On the later look at an event, and on events that order-sync itself publishes, long after the change in the shop. */
export const LAST_LOOK = { lastLook: 1 } as const satisfies Note;

/** @param maxFailures we never write a higher count */
export function readHistory(delivery: Delivery, maxFailures: number): MessageHistory {
  const failures = readHeader(delivery.properties, HEADER.failures);
  const isPlausible =
    typeof failures === 'number' && Number.isInteger(failures) && failures >= 0 && failures <= maxFailures;
  return {
    failures: isPlausible ? failures : 0,
    firstFailedAt: isPlausible ? readTime(delivery.properties, HEADER.firstFailedAt) : undefined,
    publishedAt: readPublishedAt(delivery.properties),
    isLastLook: readHeader(delivery.properties, HEADER.lastLook) === LAST_LOOK.lastLook,
  };
}

/** To the millisecond from order-sync's own class; from other producers by AMQP's `timestamp`, which has whole seconds. */
export function readPublishedAt(properties: MessageProperties): Date | undefined {
  return readTime(properties, HEADER.publishedAt) ?? plausibleTime(Number(properties.timestamp) * 1000);
}

/** The trace in which the producer published this message. */
export function readTraceContext({ properties }: Delivery): TraceContext | undefined {
  return parseTraceContext(readHeader(properties, 'traceparent'), readHeader(properties, 'tracestate'));
}

/** The last attempt at this event ended in a crash of the daemon. */
export function isCrashSuspect({ properties }: Delivery): boolean {
  return readHeader(properties, HEADER.reason) === ('crashed' satisfies FailureReason);
}

export function readHeader(properties: Pick<MessageProperties, 'headers'>, name: string): unknown {
  const headers: unknown = properties.headers;
  if (typeof headers !== 'object' || headers === null || !Object.hasOwn(headers, name)) return undefined;
  return Reflect.get(headers, name);
}

/** A time in ms since the epoch that is neither in the future nor before this software existed. */
export function readTime(properties: MessageProperties, name: string): Date | undefined {
  return plausibleTime(readHeader(properties, name));
}

function plausibleTime(ms: unknown): Date | undefined {
  if (typeof ms !== 'number' || !(ms > EARLIEST && ms <= Date.now() + CLOCK_SKEW_MS)) return undefined;
  return new Date(ms);
}

const EARLIEST = Date.UTC(2020);
const CLOCK_SKEW_MS = 60_000;

/** The properties that a message keeps when we publish it again, with our note. */
export function carriedProperties(
  delivery: Delivery,
  note: Note,
): Omit<Options.Publish, 'mandatory' | 'persistent' | 'deliveryMode'> {
  const routingKey = originalRoutingKey(delivery);
  const headers = {
    ...headersWithout(NOT_CARRIED, delivery.properties),
    ...(routingKey === undefined ? {} : { [ROUTING_KEY_HEADER]: routingKey }),
    ...ownHeaders(note),
  };
  return { ...portableProperties(delivery.properties), headers };
}

export function historyNote(note: FailureNote): Note {
  return {
    failures: note.failures,
    reason: note.reason,
    error: note.error.slice(0, 500),
    firstFailedAt: note.firstFailedAt.getTime(),
    lastFailedAt: note.lastFailedAt.getTime(),
  };
}

/** A note as headers. */
export function ownHeaders(note: Note): Record<string, string | number> {
  const entries = Object.entries(note) as [keyof typeof HEADER, string | number][];
  return Object.fromEntries(entries.map(([key, value]) => [HEADER[key], value]));
}

/** The properties of an exact copy, in its own queue. It differs only in what the broker wrote for the original. */
export function copiedProperties({ properties }: Pick<Delivery, 'properties'>): Options.Publish {
  return { ...portableProperties(properties), headers: headersWithout(NOT_COPIED, properties) };
}

/** CC and BCC would route further copies. The counts are those of the queue: a copy starts at none. */
const NOT_COPIED = /^(?:b?cc|x-(?:delivery|acquired)-count|x-order-sync-publish-id)$/i;
/** In another queue, its deaths would make old brokers see a cycle. */
const NOT_CARRIED = new RegExp(`${NOT_COPIED.source}|^x-(?:first-|last-)?death`, 'i');

function headersWithout(left: RegExp, properties: MessageProperties): Record<string, unknown> {
  const headers = Object.entries(properties.headers ?? {}).filter(([name]) => !left.test(name));
  return portableHeaders(Object.fromEntries(headers));
}
