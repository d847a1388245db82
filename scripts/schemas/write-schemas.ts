import { readFileSync, writeFileSync } from 'node:fs';
import { orderEndpoint } from './endpoint.ts';
import { shopApi } from './openapi.ts';
import { operationsPort } from './operations-port.ts';
import { FIELDS, orderJsonSchema } from './order-schema.ts';

/**
 * Writes what is made of the order's schema: schemas/order.schema.json, schemas/shop-api.openapi.json, schemas/order-endpoint.openapi.json,
 * and the table of fields in docs/shop-api.md. A test compares them.
 *
 * usage: npx node scripts/schemas/write-schemas.ts
 */
const PROJECT = new URL('../../', import.meta.url);
const GUIDE = 'docs/shop-api.md';
const TABLE = /(<!-- fields -->\n).*?(<!-- \/fields -->)/s;

/** Path → content, of all that is written. */
export function written(): Map<string, string> {
  const guide = readFileSync(new URL(GUIDE, PROJECT), 'utf8');
  const sample: unknown = JSON.parse(/^```json\n(.*?)^```$/ms.exec(guide)?.[1] ?? '');
  return new Map([
    ['schemas/order.schema.json', asJson(orderJsonSchema(sample))],
    ['schemas/shop-api.openapi.json', asJson(shopApi(sample))],
    ['schemas/order-endpoint.openapi.json', asJson(orderEndpoint(sample))],
    ['schemas/operations-port.openapi.json', asJson(operationsPort())],
    [GUIDE, guide.replace(TABLE, (_, begin: string, end: string) => `${begin}\n${fieldTable()}\n\n${end}`)],
  ]);
}

function fieldTable(): string {
  const rows = FIELDS.map(({ path, type, note }) => {
    const example = note.example === null ? '' : `\`${JSON.stringify(note.example)}\``;
    return [`\`${path}\``, type, note.meaning, note.lacking ?? '**required**', example];
  });
  const titles = ['field', 'type', 'meaning', 'may be missing', 'example'];
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Every character that is not ASCII as it is, but for those which editors do not show. */
function asJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replaceAll(/[\u007F-\u00A0\u00AD\u200B-\u200F\u2028-\u202F\u2060-\u206F\uFEFF]|\u{10FFFF}/gu, escaped)}\n`;
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}

if (import.meta.main) for (const [path, content] of written()) writeFileSync(new URL(path, PROJECT), content);
