import type { Order } from './order.ts';

const LONGEST = 300;

/**
 * What another system says of an order, fit for a log: one short line without what it may have quoted of the buyer. The order's
 * numbers, articles and amounts stay, as a person needs them.
 */
export function withoutPersonal(words: string, order: Order): string {
  const { buyer, shippingAddress, payments, buyerNote, cancelReason } = order;
  const transactions = payments.map((payment) => payment.transactionId);
  return masked(words, parts(texts([buyer, shippingAddress, buyerNote, cancelReason, transactions])));
}

/** One short line in which none of these values appears. */
export function masked(words: string, values: readonly string[]): string {
  const line = words.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
  // Longest first, so that a name within an address goes with it.
  const telling = [...new Set(values)].filter(isTelling).sort((a, b) => b.length - a.length);
  const text = telling
    .reduce((rest, value) => rest.replaceAll(asWords(value), MASK), line)
    .replaceAll(/[^\s@]+@[^\s@]+/g, MASK);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

export const MASK = '…';

/** Each text, and its words. */
export function parts(values: readonly string[]): string[] {
  return values.flatMap((value) => [value, ...value.split(/[\s,;/]+/)]);
}

/** A Chinese name has two characters; two letters are part of any sentence. */
function isTelling(value: string): boolean {
  return value.length >= (/^[\x20-\x7e]*$/.test(value) ? 3 : 2);
}

/** In any case; a word of letters and digits only where it stands alone. */
function asWords(value: string): RegExp {
  const edge = /^[\w-]+$/.test(value) ? '\\b' : '';
  return new RegExp(edge + value.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&') + edge, 'giu');
}

/** All texts and numbers in it, however deep. */
export function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value.trim()];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
}
