import { parseExactJson } from '../../src/orders/exact-json.ts';
import { codeBlocks } from './documents.ts';

/** The sample of docs/shop-api.md, as JSON text. */
export const [SAMPLE = ''] = codeBlocks('docs/shop-api.md', 'json').map(({ code }) => code);

/** The sample, with the rarer fields as well, and with another value at this path; `[]` in it stands for the first item. */
export function sampleWith(path: string, json: string): unknown {
  const order = JSON.parse(SAMPLE);
  order.totals.adjustments = [{ kind: 'fee', label: null, amount: '0.00' }];
  order.totals.original = { ...order.totals };
  const keys = keysOf(path);
  const last = keys.pop() ?? '';
  const holder = keys.reduce((value, key) => value[key], order);
  if (json === 'absent') delete holder[last];
  else holder[last] = parseExactJson(json);
  return order;
}

export function at(order: unknown, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (value, key) => Object.entries(value ?? {}).find(([name]) => name === key)?.[1],
    order,
  );
}

function keysOf(path: string): string[] {
  return path.replaceAll('[]', '.0').split('.');
}
