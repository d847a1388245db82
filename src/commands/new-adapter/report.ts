import { join } from 'node:path';
import { counted } from '../cli/counted.ts';
import { visible } from '../cli/output.ts';
import { alignedLines } from '../cli/table.ts';
import type { OrderField } from './recognise/names.ts';
import type { Recognised } from './recognise/recognise.ts';
import { MARK } from './write/source-text.ts';

const NEEDED: readonly (readonly [what: string, ...fields: OrderField[]])[] = [
  ['a number or an id', 'orderNumber', 'shopOrderId'],
  ['a status', 'status', 'payStatus', 'paidAt'],
  ['the time it was placed', 'placedAt'],
  ['the total', 'grand'],
];

/** What was written, what is missing, and what to do next. */
export function report(
  { envelope, fields, lines, unread }: Recognised,
  name: string,
  folder: string,
  adapter: string,
): string[] {
  const needed = NEEDED.filter(([, ...names]) => !names.some((name) => fields.has(name))).map(([what]) => what);
  const at = (file: string) => join(folder, file);
  const where = envelope.path.length === 0 ? '' : ` in ${envelope.path.join('.')}`;
  const found = fields.size + (lines?.fields.size ?? 0);
  const marks = adapter.split(`// ${MARK}`).length - 1;
  return [
    `Recognised ${counted(found, 'field')} of ${counted(envelope.orders.length, 'order')}${where}. Written:`,
    '',
    ...alignedLines(
      [
        [`  ${at(`${name}.ts`)}`, `the adapter, with ${counted(marks, MARK)}: what the sample does not tell`],
        [`  ${at(`${name}.test.ts`)}`, 'its test'],
        [`  ${at(`${name}.sample.json`)}`, "the sample, for the test, with the buyer's data as it was given"],
      ],
      [undefined, undefined],
    ),
    ...(needed.length === 0
      ? []
      : ['', `Needed, and not recognised: ${needed.join(', ')}. Until then the test fails.`]),
    ...(unread.length === 0 ? [] : ['', `Not read: ${listed(unread)}.`]),
    '',
    'Next:',
    '',
    ...alignedLines(
      [
        [`  node --test ${at(`${name}.test.ts`)}`, 'it reads the sample already'],
        [`  grep -n ${MARK} ${at(`${name}.ts`)}`, 'decide each, and delete it'],
        [`  export SHOP_ADAPTER=./${at(`${name}.ts`)}`, 'or in .env, with SHOP_BASE_URL and SHOP_TOKEN'],
        ['  order-sync test-adapter', 'is every order of the real shop read right?'],
        ['  order-sync check', 'does everything work together?'],
      ],
      [undefined, undefined],
    ),
  ];
}

const SHOWN = 30;

function listed(names: readonly string[]): string {
  const rest = names.length - SHOWN;
  return visible(names.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : ''));
}
