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

/** Values of all kinds, and each kind's borders. */
export const VALUES = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '2',
    '1.5',
    '12345678901234567890',
    '1e400',
    '[]',
    '{}',
    '[null]',
    '[1]',
  ],
  ...[
    '[{}]',
    '{"0":{}}',
    '{"0":"a"}',
    '["a",null,7]',
    '[true]',
    '{"a":null}',
    '{"id":null}',
    '{"lines":[]}',
    '{"a":1}',
  ],
  ...[
    '""',
    '" "',
    '"a"',
    '"10086"',
    '"#1001"',
    '"SO 1001"',
    '"订单1001"',
    '"#"',
    '"a?b"',
    '"a/../b"',
    '".."',
    '"a\\u0000"',
  ],
  ...[
    '"paid"',
    '" ON_HOLD "',
    '"on-hold"',
    '"Canceled"',
    '"cny"',
    '"¥"',
    '"CNYX"',
    '"fee"',
    '"Gift card"',
    '"True"',
    '"no"',
  ],
  ...['"1.50"', '"+.5"', '"5."', '"."', '"1,5"', '"1e2"', '"1234567890123456789"', '"-0.000000000000001"', '"1 "'],
  ...['"2026-11-22T08:00:05.120Z"', '"2026-11-22 16:00 +0800"', '"2026-11-22T08:00:05"', '"2026-11-31T08:00:05Z"'],
  ...['"2026-11-22T24:00:05Z"', '"2026-11-22T08:00:05+08:00[Asia/Shanghai]"', '"0000-00-00 00:00:00"', '1795334405'],
  `"${'9'.repeat(65)}"`,
  `"${'9'.repeat(64)}"`,
];
