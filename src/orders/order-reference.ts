/**
 * An order reference is the name by which an event, a shop or a person knows an order: the order number people use, or the
 * shop's own id. It is text everywhere. The pattern is strict because a reference becomes part of a URL and of a log line.
 */
export const ORDER_REFERENCE_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;

export const ORDER_REFERENCE_RULE =
  '1 to 64 letters, digits, ".", "_" or "-", starting and ending with a letter or digit';

export function isOrderReference(text: string): boolean {
  return ORDER_REFERENCE_PATTERN.test(text);
}
