import type { z } from 'zod';

/**
 * What a field may be sent as, by name. The readers of fields are functions, which zod can't describe; scripts/schemas/ has the
 * JSON Schema for each name, and a test compares it with what they read.
 */
export type JsonForm =
  | 'reference'
  | 'status'
  | 'currency'
  | 'time'
  | 'timeOrNone'
  | 'money'
  | 'moneyOrNone'
  | 'quantity'
  | 'textOrNone'
  | 'addressLines'
  | 'adjustmentKind'
  | 'flagOrNone'
  | 'taxIncluded'
  | { readonly listOf: z.ZodType; readonly orNone: boolean }
  | { readonly objectOrNone: z.ZodType };

const forms = new WeakMap<z.ZodType, JsonForm>();

/** @returns the schema itself */
export function sentAs<Schema extends z.ZodType>(form: JsonForm, schema: Schema): Schema {
  forms.set(schema, form);
  return schema;
}

export function jsonFormOf(schema: z.ZodType): JsonForm | undefined {
  return forms.get(schema);
}
