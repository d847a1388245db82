import { z } from 'zod';
import { jsonFormOf } from '../../src/orders/json-forms.ts';
import { ADJUSTMENT_KINDS, ORDER_STATUSES, orderSchema } from '../../src/orders/order.ts';
import { ORDER_REFERENCE_RULE } from '../../src/orders/order-reference.ts';
import type { FormName, JsonSchema } from './forms.ts';
import { asSchema, noteOf, plain, present } from './order-schema.ts';

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

const time = { type: 'string', format: 'date-time', pattern: '^[0-9]{4}-.*[.][0-9]{3}Z$' };
const money = { type: 'string', pattern: '^-?[0-9]{1,18}([.][0-9]{1,12})?$' };

/** What each kind of field is stored as: one form, whatever the shop has sent. */
const STORED: Readonly<Record<FormName, JsonSchema>> = {
  reference: { type: 'string', description: `${ORDER_REFERENCE_RULE}.` },
  status: { enum: ORDER_STATUSES },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  time,
  timeOrNone: orNull(time),
  money,
  moneyOrNone: orNull(money),
  quantity: { type: 'number' },
  textOrNone: { type: ['string', 'null'] },
  addressLines: { type: 'array', items: { type: 'string' } },
  adjustmentKind: { enum: ADJUSTMENT_KINDS },
  flagOrNone: { type: ['boolean', 'null'] },
  taxIncluded: { description: 'As the shop has sent it.' },
};

/** The order as order-sync stores it and passes it on, as JSON Schema 2020-12: docs/order.md. */
export function storedOrder(): JsonSchema {
  return objectOf(orderSchema, '');
}

function objectOf(schema: z.ZodObject, path: string): JsonSchema {
  const fields = Object.entries(schema.shape).map(([name, field]) => ({ name, field: asSchema(field) }));
  const properties = fields.map(({ name, field }): [string, JsonSchema] => {
    const at = path === '' ? name : `${path}.${name}`;
    return [name, { ...fieldSchema(present(field), at), description: plain(noteOf(at).meaning) }];
  });
  const required = fields.filter(({ field }) => !(field instanceof z.ZodOptional)).map(({ name }) => name);
  return { type: 'object', required, properties: Object.fromEntries(properties) };
}

function fieldSchema(schema: z.ZodType, path: string): JsonSchema {
  const form = jsonFormOf(schema);
  if (typeof form === 'string') return STORED[form];
  if (form !== undefined && 'listOf' in form)
    return { type: 'array', items: objectOf(asObject(form.listOf), `${path}[]`) };
  return form === undefined ? objectOf(asObject(schema), path) : orNull(objectOf(asObject(form.objectOrNone), path));
}

function asObject(schema: z.ZodType): z.ZodObject {
  if (schema instanceof z.ZodObject) return schema;
  throw new TypeError('expected the schema of an object');
}
