import type { Options } from 'amqplib';
import type { KeptDeadLetter, KeptMessage } from '../internal-system/audit-store.ts';
import { eventOfOneOrder } from '../messages/decode/decode-event.ts';
import { LAST_LOOK, ownHeaders } from '../messages/headers.ts';
import type { DeadLetter } from './dead-letters.ts';
import { freshProperties } from './replay.ts';
import type { Selected } from './selection.ts';

/** A larger message is not kept: nobody's order event has this size. */
export const LARGEST_KEPT_BYTES = 64 * 1024;

/**
 * What it takes to publish a dead letter again once it is discarded. An order's event is a hint: its name and what happened say it
 * all, so that no personal data is kept. Of any other message, the message itself.
 */
export function keptDeadLetter({ deadLetter, summary }: Selected, source: KeptDeadLetter['source']): KeptDeadLetter {
  const { id, order, event, reason, error } = summary;
  const { content } = deadLetter.delivery;
  const saysItAll = source === 'orders' && order !== null && isNamedOnce(deadLetter);
  const message = saysItAll || content.byteLength > LARGEST_KEPT_BYTES ? null : keptMessage(deadLetter);
  return { deadLetterId: id, source, order, event, reason, error, bytes: content.byteLength, message };
}

/** What to publish in order to restore it; undefined if that was not kept. */
export function restoredMessage(
  kept: Pick<KeptDeadLetter, 'source' | 'order' | 'event' | 'message'>,
): { readonly content: Buffer; readonly properties: Options.Publish } | undefined {
  const history = ownHeaders({ publishedAt: Date.now(), ...LAST_LOOK });
  if (kept.message !== null) {
    const { headers, ...properties } = fromJson(kept.message.properties);
    return { content: kept.message.content, properties: { ...properties, headers: { ...headers, ...history } } };
  }
  if (kept.source !== 'orders' || kept.order === null) return undefined;
  const event = kept.event === null || kept.event === 'unspecified' ? {} : { event: kept.event };
  const content = Buffer.from(JSON.stringify({ orderNumber: kept.order, ...event }));
  return { content, properties: { contentType: 'application/json', headers: history } };
}

/** With an order number and an id, the daemon goes by the one that the shop can be asked for. */
function isNamedOnce({ delivery }: DeadLetter): boolean {
  const byNumber = eventOfOneOrder(delivery, 'orderNumber');
  return byNumber !== undefined && byNumber.reference === eventOfOneOrder(delivery, 'shopOrderId')?.reference;
}

function keptMessage(deadLetter: DeadLetter): KeptMessage {
  return { content: deadLetter.delivery.content, properties: JSON.stringify(plain(freshProperties(deadLetter))) };
}

const BYTES = '$base64';

/** Header values that JSON has not: bytes. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return { [BYTES]: value.toString('base64') };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

function fromJson(text: string): Options.Publish {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).join() !== BYTES) return value;
    return Buffer.from(String(Reflect.get(value, BYTES)), 'base64');
  });
}
