import { z } from 'zod';
import { type JsonForm, sentAs } from './json-forms.ts';
import { objectReader, type Read, readBy } from './readers.ts';

/**
 * How a field of the shop's order is read. Shops write the same thing in many forms; a field accepts those that can mean only
 * one thing, and has one form afterwards: docs/order.md is the table.
 *
 * @param read any form; undefined for one that is refused
 * @param expected completes the sentence "expected …", with an example
 */
export function required<T, Given = T>(form: JsonForm, read: Read<T>, expected: string) {
  const schema = z.transform((value: Given, context): T => read(value) ?? refuse(context, expected, value));
  return sentAs(form, readBy(schema, read));
}

/** Null is the one form of "there is none" and of "the shop does not say". */
export function optional<T, Given = T>(form: JsonForm, read: Read<T>, expected: string) {
  const readOrNone = (value: unknown) => read(value) ?? (isNone(value) ? null : undefined);
  return sentAs(form, readBy(nullOr<T, Given>(readOrNone, expected), readOrNone));
}

function nullOr<T, Given>(read: Read<T | null>, expected: string) {
  return z.transform((value: Given | null | undefined, context): T | null => {
    const found = read(value);
    return found === undefined ? refuse(context, `null or ${expected}`, value) : found;
  });
}

/** Text stays as it is, an empty one too. Ids and codes that are numbers become text. */
export function text(example: string) {
  return optional<string, string | number>('textOrNone', readText, `text such as ${JSON.stringify(example)}`);
}

export function readText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** True or false, also as forms, PHP and Python write it; undefined for anything else. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'object') return undefined;
  return FLAGS.get(String(value).trim().toLowerCase());
}

type Flag = boolean | 0 | 1 | '0' | '1' | 'true' | 'false';

export const optionalFlag = sentAs(
  'flagOrNone',
  readBy(
    z.transform((value: Flag | '' | null | undefined, context): boolean | null => {
      const found = readFlagOrNone(value);
      return found === undefined ? refuse(context, 'null, or a flag such as true or false', value) : found;
    }),
    readFlagOrNone,
  ),
);

function readFlagOrNone(value: unknown): boolean | null | undefined {
  return value === null || value === undefined || value === '' ? null : flagOf(value);
}

/** PHP writes an empty object as [], as it has only one type for both. One that says nothing is none. */
export function optionalObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const schema = z.looseObject(shape, { error: ({ input }) => expectation('null or an object', input) });
  type Given = z.input<typeof schema> | null | undefined;
  const read = objectReader(schema);
  return sentAs(
    { objectOrNone: schema },
    readBy(
      z.preprocess((value: Given) => (isNone(value) || saysNothing(value) ? null : value), schema.nullable()),
      (value) => (isNone(value) || saysNothing(value) ? null : read(value)),
    ),
  );
}

/** Null, nothing at all, an empty text, or PHP's false. */
export function isNone(value: unknown): value is null | undefined | '' | false {
  return value === null || value === undefined || value === '' || value === false;
}

/** An empty text is an answer: it stays. */
function saysNothing(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).every((field) => (field !== '' && isNone(field)) || isEmptyList(field));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

type Context = Parameters<Parameters<typeof z.transform>[0]>[1];

export function refuse(context: Context, expected: string, value: unknown): never {
  context.issues.push({ code: 'custom', message: expectation(expected, value), input: undefined });
  return z.NEVER;
}

/** Says of what kind the value is, never the value, which may be personal. */
export function expectation(expected: string, value: unknown): string {
  return `expected ${expected}, found ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value === '') return 'an empty text';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'other text';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
