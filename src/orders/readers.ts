import { z } from 'zod';

/**
 * Reads a value that is right, in any of its forms. Undefined: it is wrong, or takes a closer look; zod knows which, and says why.
 *
 * An order has a hundred fields. zod takes several closures for each, compiled too, which costs more than reading them.
 */
export type Read<T = unknown> = (value: unknown) => T | undefined;

const readers = new WeakMap<z.ZodType, Read>();

/** @param read what the schema reads a value as, or undefined @returns the schema itself */
export function readBy<Schema extends z.ZodType>(schema: Schema, read: Read): Schema {
  readers.set(schema, read);
  return schema;
}

interface Field {
  readonly name: string;
  readonly read: Read;
}

/** The same as the schema reads: the known fields in its order, then the others in theirs. */
export function objectReader<Schema extends z.ZodObject>(schema: Schema): Read<z.output<Schema>> {
  const required: Field[] = [];
  const optional: Field[] = [];
  for (const [name, field] of Object.entries(schema.shape)) {
    if (field instanceof z.ZodOptional) optional.push({ name, read: readerOf(field.unwrap()) });
    else required.push({ name, read: readerOf(field) });
  }
  const isKnown = new Set(Object.keys(schema.shape));
  // V8 keeps the fields of a copy of this in place, as it does with all that JSON.parse makes. An object that grows by names that
  // it does not know beforehand becomes a slow dictionary.
  const blank: Record<string, unknown> = JSON.parse(
    JSON.stringify(Object.fromEntries(required.map(({ name }) => [name, 0]))),
  );
  const read = (value: unknown) => {
    if (!isObject(value)) return undefined;
    const object = { ...blank };
    for (const { name, read } of required) {
      const found = read(value[name]);
      if (found === undefined) return undefined;
      object[name] = found;
    }
    for (const { name, read } of optional) {
      const given = value[name];
      const found = given === undefined ? undefined : read(given);
      if (found !== undefined) object[name] = found;
      else if (name in value) return undefined;
    }
    for (const name in value) if (!isKnown.has(name) && name !== '__proto__') object[name] = value[name];
    return object;
  };
  // Each field is what its own reader gives.
  return read as Read<z.output<Schema>>;
}

function readerOf(schema: unknown): Read {
  if (schema instanceof z.ZodType) {
    const read = readers.get(schema);
    if (read !== undefined) return read;
    if (schema instanceof z.ZodObject) return objectReader(schema);
  }
  throw new TypeError('expected an object, or a schema with a reader');
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
