import { z } from 'zod';
import { jsonFormOf } from '../../src/orders/json-forms.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { FIELD_NOTES, type FieldNote } from './field-notes.ts';
import { FORMS, gapped, type JsonSchema, NONE, orNone } from './forms.ts';

const ID = 'https://github.com/order-sync/order-sync/schemas/order.schema.json';

/** What the objects and items are called among the definitions. */
const NAMES: Readonly<Record<string, string>> = {
  buyer: 'buyer',
  shippingAddress: 'address',
  lines: 'line',
  totals: 'totals',
  'totals.adjustments': 'adjustment',
  'totals.original': 'originalTotals',
  payments: 'payment',
};

/** A field as the contract names it: `lines[].sku`. */
export interface Field {
  readonly path: string;
  readonly type: string;
  readonly note: FieldNote;
}

/** Every field of the canonical order, in its order. @throws Error if one has no note */
export const FIELDS: readonly Field[] = fieldsOf(orderSchema, '');

/** The order as a shop may send it, as JSON Schema 2020-12. @param sample one that a shop would send */
export function orderJsonSchema(sample: unknown): JsonSchema {
  const { definitions, ...order } = orderParts();
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: ID,
    title: 'Order',
    description:
      'An order as order-sync accepts it from a shop. Fields that are not named here are kept. Whatever is not required may be absent or ' +
      'null. Written by scripts/schemas/write-schemas.ts.',
    ...order,
    examples: [sample],
    $defs: definitions,
  };
}

/** The order's own schema, and the definitions that it refers to. */
export function orderParts() {
  const definitions: Record<string, JsonSchema> = { none: NONE };
  for (const [name, { schema }] of Object.entries(FORMS)) definitions[name] = schema;
  const { required, ...order } = objectOf(orderSchema, '', definitions);
  return {
    ...order,
    required: required.filter((name) => name !== 'lines'),
    $comment: 'An order that is cancelled or refunded has nothing to ship, and may lack its lines.',
    if: { properties: { status: { type: 'string', pattern: ENDED } } },
    else: { required: ['lines'], properties: { lines: { not: { $ref: '#/$defs/none' } } } },
    definitions,
  };
}

const ENDED = '^\\s*([Rr][Ee][Ff][Uu][Nn][Dd][Ee][Dd]|[Cc][Aa][Nn][Cc][Ee][Ll][Ll]?[Ee][Dd])\\s*$';

type Definitions = Record<string, JsonSchema>;

function objectOf(schema: z.ZodObject, path: string, definitions: Definitions) {
  const fields = Object.entries(schema.shape).map(([name, field]): [string, JsonSchema] => {
    const at = path === '' ? name : `${path}.${name}`;
    const { meaning, example } = noteOf(at);
    const shown = example === null ? {} : { examples: [example] };
    return [name, { ...fieldSchema(asSchema(field), at, definitions), description: plain(meaning), ...shown }];
  });
  const required = Object.keys(schema.shape).filter((name) => {
    return noteOf(path === '' ? name : `${path}.${name}`).lacking === undefined;
  });
  return { type: 'object', required, properties: Object.fromEntries(fields) };
}

function fieldSchema(field: z.ZodType, path: string, definitions: Definitions): JsonSchema {
  const schema = present(field);
  const form = jsonFormOf(schema);
  if (typeof form === 'string') return { $ref: `#/$defs/${form}` };
  if (form === undefined) return define(schema, path, path, definitions);
  if ('objectOrNone' in form) {
    return { anyOf: [define(form.objectOrNone, path, path, definitions), { $ref: '#/$defs/none' }, NOTHING] };
  }
  const item = define(form.listOf, path, `${path}[]`, definitions);
  const list = {
    anyOf: [
      { type: 'array', items: item },
      { ...gapped(), additionalProperties: item },
    ],
  };
  // Of `lines`, the order's status decides.
  return form.orNone || path === 'lines' ? orNone(list) : list;
}

/** How PHP writes an object without anything in it. */
const NOTHING = {
  type: ['object', 'array'],
  additionalProperties: { enum: [null, false, []] },
  items: { enum: [null, false, []] },
};

function define(schema: z.ZodType, name: string, path: string, definitions: Definitions): JsonSchema {
  const defined = NAMES[name];
  if (!(schema instanceof z.ZodObject) || defined === undefined) throw new Error(`${path}: expected a name for it.`);
  const { required, ...rest } = objectOf(schema, path, definitions);
  definitions[defined] = required.length === 0 ? rest : { ...rest, required };
  return { $ref: `#/$defs/${defined}` };
}

function fieldsOf(schema: z.ZodObject, path: string): Field[] {
  return Object.entries(schema.shape).flatMap(([name, field]): Field[] => {
    const at = path === '' ? name : `${path}.${name}`;
    const { type, parts, below } = kindOf(asSchema(field), at);
    return [{ path: at, type, note: noteOf(at) }, ...(parts === undefined ? [] : fieldsOf(parts, below))];
  });
}

function kindOf(field: z.ZodType, path: string): { type: string; parts?: z.ZodObject; below: string } {
  const schema = present(field);
  const form = jsonFormOf(schema);
  if (typeof form === 'string') return { type: FORMS[form].type, below: path };
  if (form !== undefined && 'listOf' in form) return { type: 'list', parts: asObject(form.listOf), below: `${path}[]` };
  return { type: 'object', parts: asObject(form === undefined ? schema : form.objectOrNone), below: path };
}

export function present(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodOptional ? asSchema(field.unwrap()) : field;
}

export function asSchema(field: unknown): z.ZodType {
  if (field instanceof z.ZodType) return field;
  throw new TypeError('expected a schema');
}

function asObject(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError('expected the schema of an object');
}

export function noteOf(path: string): FieldNote {
  const note = FIELD_NOTES[path];
  if (note === undefined) throw new Error(`${path}: it needs a note in scripts/schemas/field-notes.ts.`);
  return note;
}

/** Without the marks of Markdown. */
export function plain(text: string): string {
  return text.replaceAll(/[`*]/g, '');
}
