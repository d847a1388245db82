import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseExactJson } from '../../src/orders/exact-json.ts';
import { jsonFormOf } from '../../src/orders/json-forms.ts';
import { orderSchema, withLinesOfEnded } from '../../src/orders/order.ts';
import { objectReader } from '../../src/orders/readers.ts';
import { aLine, anOrderDocument } from '../helpers/order-builder.ts';

/** With the order of its fields, which the hash of an order depends on. */
function asText(value: unknown): string | undefined {
  return JSON.stringify(value);
}

function readBySchema(schema: z.ZodObject, value: unknown): string | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? asText(parsed.data) : undefined;
}

const ODD_VALUES: readonly unknown[] = [
  ...[
    null,
    false,
    true,
    '',
    ' ',
    '0',
    'text',
    ' padded ',
    'Paid',
    'CANCELED',
    'cny',
    'other',
    '10086',
    '#10086',
    'a/../b',
  ],
  ...[
    0,
    -1,
    1.5,
    12,
    1e21,
    2 ** 53,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1.5',
    '+5',
    '.50',
    '1e3',
    '1.0000000000001',
  ],
  ...['2026-11-22T08:00:05Z', '2026-11-22 16:00:05+0800', '2026-11-31T08:00:00.000Z', '2026-11-22'],
  ...[[], {}, [null], [1, 'two'], { 0: 'one', 2: 'two' }, { 0: aLine() }, [aLine(), null], { a: 1 }, { a: null }, [[]]],
];

/** Copies of the value with one field, at any depth, replaced, left out or added. */
function* variants(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const key of [...Object.keys(value), 'unknownField']) {
    const copy = () => (Array.isArray(value) ? [...value] : { ...value });
    for (const odd of ODD_VALUES) yield Object.assign(copy(), { [key]: odd });
    const inner: unknown = Reflect.get(value, key);
    for (const variant of variants(inner)) yield Object.assign(copy(), { [key]: variant });
    const without = copy();
    Reflect.deleteProperty(without, key);
    yield without;
  }
}

const LINE = { ...aLine(), requiresShipping: true, unitPriceDerived: '1', colour: 'red' };
const ADJUSTMENT = { kind: 'Gift Card', label: null, amount: '-5' };
const PAYMENT = { method: 'alipay', transactionId: 12, amount: '129.40', paidAt: null };
const ORDER = {
  ...anOrderDocument(),
  shippingAddress: { recipient: 'Li Ming', lines: ['8 Main Street'], more: 1 },
  lines: [LINE],
  totals: {
    ...{
      items: '119.40',
      shipping: 10,
      tax: null,
      discount: '',
      refunded: '0.00',
      grand: '129.40',
      taxIncluded: 'yes',
    },
    ...{ adjustments: [ADJUSTMENT], original: { grand: '1' } },
  },
  payments: [PAYMENT],
};

function itemOf(list: z.ZodType): z.ZodObject {
  const form = jsonFormOf(list);
  const item = typeof form === 'object' && 'listOf' in form ? form.listOf : undefined;
  if (item instanceof z.ZodObject) return item;
  throw new TypeError('expected a list of objects');
}

const { shape } = orderSchema;
const SCHEMAS = [
  { what: 'an order', schema: orderSchema, example: ORDER },
  // The schema of a list asks the reader first.
  { what: 'a line', schema: itemOf(shape.lines), example: LINE },
  { what: 'a payment', schema: itemOf(shape.payments), example: PAYMENT },
  { what: 'an adjustment', schema: itemOf(shape.totals.shape.adjustments.unwrap()), example: ADJUSTMENT },
];

describe.each(SCHEMAS)('$what, read without zod', ({ schema, example }) => {
  const read = objectReader<z.ZodObject>(schema);

  it('reads as the schema reads it, field by field, or is left to it', () => {
    let compared = 0;
    for (const variant of variants(example)) {
      const text = asText(read(variant));
      if (text === undefined) continue;
      compared += 1;
      expect(text).toBe(readBySchema(schema, variant));
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('is not left to the schema if it is right, but for a reference with blanks around it', () => {
    for (const variant of variants(example)) {
      if (readBySchema(schema, variant) === undefined || asText(variant)?.includes(' padded ') === true) continue;
      expect(asText(read(variant))).toBeDefined();
    }
  });
});

it.each(
  readFileSync(new URL('fixtures/orders-of-0.1.0.jsonl', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => withLinesOfEnded(parseExactJson(JSON.parse(line).text))),
)('a stored order reads as the schema reads it', (order) => {
  const read = objectReader(orderSchema);
  expect(asText(read(order) ?? orderSchema.parse(order))).toBe(readBySchema(orderSchema, order));
});

it('nothing is taken from a prototype', () => {
  const order = objectReader(orderSchema)({ ...ORDER, ...JSON.parse('{"__proto__":{"polluted":true}}') });
  expect(order).not.toHaveProperty('polluted');
  expect(Object.getPrototypeOf(order)).toBe(Object.prototype);
});
