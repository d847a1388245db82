import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { FIELD_NOTES } from '../../scripts/schemas/field-notes.ts';
import { FIELDS } from '../../scripts/schemas/order-schema.ts';
import { written } from '../../scripts/schemas/write-schemas.ts';
import { parseOrder } from '../../src/orders/order.ts';
import { totalsAddUp } from '../../src/orders/totals.ts';
import { text } from './documents.ts';
import { SAMPLE, sampleWith, VALUES } from './sample-order.ts';

const schema = JSON.parse(text('schemas/order.schema.json'));
const fits = new Ajv2020({ strict: true, allowUnionTypes: true, strictRequired: false }).compile(schema);

describe('docs/shop-api.md', () => {
  test('has a sample in the form in which it is stored, whose amounts add up', () => {
    const parsed = parseOrder(JSON.parse(SAMPLE));
    if ('problem' in parsed) throw new Error(parsed.problem);
    expect(JSON.stringify(parsed.order)).toBe(JSON.stringify(JSON.parse(SAMPLE)));
    expect(totalsAddUp(parsed.order)).toBe(true);
    expect(fits(JSON.parse(SAMPLE))).toBe(true);
  });

  test.each([...written().keys()])('%s is up to date: npx node scripts/schemas/write-schemas.ts writes it', (path) => {
    expect(text(path)).toBe(written().get(path));
  });

  test('has a note for every field, and for no other', () => {
    expect(Object.keys(FIELD_NOTES)).toEqual(FIELDS.map(({ path }) => path));
  });

  test.each(FIELDS.filter(({ note }) => note.example !== null).map(({ path, note }) => [path, note.example]))(
    'the example of %s is accepted',
    (path, example) => {
      const order = sampleWith(path, JSON.stringify(example));
      expect(parseOrder(order)).toHaveProperty('order');
      expect(fits(order)).toBe(true);
    },
  );

  test.each(FIELDS.map(({ path, note }) => [path, note.lacking !== undefined] as const))(
    '%s may be missing: %s',
    (path, mayLack) => {
      // Of the lines, the status decides.
      const expected = mayLack && path !== 'lines';
      expect('order' in parseOrder(sampleWith(path, 'absent'))).toBe(expected);
      expect(fits(sampleWith(path, 'absent'))).toBe(expected);
    },
  );
});

describe('schemas/order.schema.json', () => {
  test.each(FIELDS.map(({ path }) => [path]))('accepts of %s what is read, and nothing else', (path) => {
    const differing = VALUES.filter((json) => {
      const order = sampleWith(path, json);
      return fits(order) !== 'order' in parseOrder(order);
    });
    expect(differing).toEqual([]);
  });

  test.each(['cancelled', ' Canceled', 'REFUNDED', 'paid', 'on_hold'])(
    'knows whether the lines may be missing: %s',
    (status) => {
      for (const lines of [undefined, null, '', false, [], 'none']) {
        const order = { ...JSON.parse(SAMPLE), status, lines };
        const sent = JSON.parse(JSON.stringify(order));
        expect(fits(sent), JSON.stringify(lines)).toBe('order' in parseOrder(sent));
      }
    },
  );

  test('describes every field, with an example of the form in which it is usually sent', () => {
    const objects = [schema, ...Object.values<Record<string, unknown>>(schema.$defs)].filter(
      ({ properties }) => properties,
    );
    const fields = objects.flatMap(({ properties }) => Object.values<{ description?: string }>(properties));
    expect(fields).toHaveLength(FIELDS.length);
    expect(fields.filter(({ description }) => !description)).toEqual([]);
  });
});

test('schemas/shop-api.openapi.json is valid OpenAPI 3.1, and its samples fit its schemas', async () => {
  const document = JSON.parse(text('schemas/shop-api.openapi.json'));
  const validator = new Validator();
  expect(await validator.validate(document)).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } }).addSchema({
    $id: 'https://shop.example/api',
    ...document,
  });
  for (const [path, operations] of Object.entries<Record<string, Operation>>(document.paths)) {
    for (const [method, { requestBody, responses }] of Object.entries(operations)) {
      const [part, content] =
        requestBody === undefined ? ['responses/200', responses['200']?.content] : ['requestBody', requestBody.content];
      const place = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
      const pointer = `#/paths/${place}/${method}/${part}/content/application~1json/schema`;
      const check = ajv.compile({ $ref: `https://shop.example/api${pointer}` });
      expect(content?.['application/json']?.example).toBeDefined();
      expect(check(content?.['application/json']?.example), path).toBe(true);
    }
  }
});

interface Body {
  readonly content?: Readonly<Record<string, { readonly example?: unknown }>>;
}

interface Operation {
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, Body>>;
}
