import type { Order } from './order.ts';

const LONGEST = 300;

/**
 * What another system says of an order, fit for a log: one short line without what it may have quoted of the buyer. The order's
 * numbers, articles and amounts stay, as a person needs them.
 */
export function withoutPersonal(words: string, order: Order): string {
  const line = words.replaceAll(/[\p{C}\p{Z}]+/gu, ' ').trim();
  const masked = personalValues(order)
    .reduce((text, value) => text.replaceAll(asWords(value), MASK), line)
    .replaceAll(/[^\s@]+@[^\s@]+/g, MASK);
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
}

const MASK = '…';

/** Longest first, so that a name within an address goes with it. */
function personalValues(order: Order): string[] {
  const { buyer, shippingAddress, payments, buyerNote, cancelReason } = order;
  const texts = leaves([
    buyer,
    shippingAddress,
    buyerNote,
    cancelReason,
    payments.map((payment) => payment.transactionId),
  ]);
  const parts = texts.flatMap((value) => [value, ...value.split(/[\s,;/]+/)]);
  return [...new Set(parts)].filter((part) => isTelling(part)).sort((a, b) => b.length - a.length);
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

function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value.trim()];
  if (typeof value === 'number') return [String(value)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [];
}
