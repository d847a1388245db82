import { hash } from 'node:crypto';

/** A statement for the driver. @param isPrepared parsed once a connection */
export function statement(text: string, values: unknown[], isPrepared: boolean) {
  return isPrepared ? { name: nameOf(text), text, values } : { text, values };
}

const names = new Map<string, string>();

/** The same text has the same name. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = `order-sync-${hash('sha256', text).slice(0, 16)}`;
    names.set(text, name);
  }
  return name;
}
