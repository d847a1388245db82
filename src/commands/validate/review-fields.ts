import { z } from 'zod';
import { jsonFormOf } from '../../orders/json-forms.ts';
import { asList } from '../../orders/list-of.ts';
import { isPersonal } from '../cli/personal-fields.ts';
import { type Finding, Findings } from './findings.ts';
import { hintFor } from './hints.ts';

/** What was found in the fields of an order. Says no value that may be about a person. */
export interface FieldReview {
  /** What does not fit, all of it. */
  readonly problems: readonly Finding[];
  /** What is stored in another form than it was sent. */
  readonly converted: readonly Finding[];
  /** What is not known, and kept as it is. */
  readonly unknown: readonly Finding[];
}

/**
 * Reads each field by itself, with the schema that orders are read with: that one stops at the first wrong item of a list, and
 * here all are wanted.
 */
export function reviewFields(schema: z.ZodType, value: unknown): FieldReview {
  const walk = new Walk();
  walk.field(schema, value, '');
  return { problems: walk.problems.list(), converted: walk.converted.list(), unknown: walk.unknown.list() };
}

class Walk {
  readonly problems = new Findings();
  readonly converted = new Findings();
  readonly unknown = new Findings();

  field(field: z.ZodType, value: unknown, path: string, rename = ''): void {
    if (field instanceof z.ZodOptional) {
      const inner = field.unwrap();
      if (value !== undefined && inner instanceof z.ZodType) this.field(inner, value, path, rename);
      return;
    }
    const form = jsonFormOf(field);
    if (typeof form === 'object' && 'listOf' in form) this.#list(field, form.listOf, value, path, rename);
    else if (typeof form === 'object') this.#objectOrNone(field, form.objectOrNone, value, path);
    else if (field instanceof z.ZodObject) this.#object(field, value, path, rename);
    else this.#leaf(field, value, path, rename);
  }

  #leaf(field: z.ZodType, value: unknown, path: string, rename: string): void {
    const { data, error } = field.safeParse(value);
    if (error !== undefined) this.#refuse(error, value, path, rename || hintFor(jsonFormOf(field), value));
    else if (value !== undefined && !isSame(value, data)) {
      const shown = isPersonal(path) ? '' : `: ${shortJson(value)} becomes ${shortJson(data)}`;
      this.converted.add(path, `stored in another form${shown}`, '');
    }
  }

  #object(field: z.ZodObject, value: unknown, path: string, rename: string): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(field.safeParse(value).error, value, path, rename);
      return;
    }
    const sent = new Map<string, unknown>(Object.entries(value));
    const strangers = [...sent.keys()].filter((name) => !Object.hasOwn(field.shape, name));
    for (const [name, part] of Object.entries(field.shape)) {
      const stranger = sent.has(name) ? undefined : strangers.find((other) => alike(other) === alike(name));
      const hint = stranger === undefined ? '' : `There is a field ${JSON.stringify(stranger)}: call it ${name}.`;
      if (part instanceof z.ZodType) this.field(part, sent.get(name), joined(path, name), hint);
    }
    for (const stranger of strangers) {
      const meant = Object.keys(field.shape).find((name) => !sent.has(name) && alike(name) === alike(stranger));
      this.unknown.add(joined(path, stranger), meant === undefined ? '' : `did you mean ${meant}?`);
    }
  }

  #objectOrNone(field: z.ZodType, object: z.ZodType, value: unknown, path: string): void {
    const { data, success } = field.safeParse(value);
    if (!success || data !== null) this.field(object, value, path);
  }

  #list(field: z.ZodType, item: z.ZodType, value: unknown, path: string, rename: string): void {
    const items = asList(value);
    if (items === undefined) {
      const { error } = field.safeParse(value);
      if (error !== undefined) this.#refuse(error, value, path, rename);
      return;
    }
    if (!Array.isArray(value)) this.converted.add(path, 'an object with numbers for names: read as a list', '');
    for (const [index, element] of items.entries()) this.field(item, element, `${path}[${index}]`);
  }

  #refuse(error: z.ZodError | undefined, value: unknown, path: string, hint: string): void {
    const [issue] = error?.issues ?? [];
    const isShown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const shown = isShown && value !== '' && path !== '' && !isPersonal(path) ? ` (${shortJson(value)})` : '';
    const message = issue?.message ?? 'expected something else';
    this.problems.add(path, `${message}${shown}.${hint === '' ? '' : ` ${hint}`}`, `${message} ${hint}`);
  }
}

function joined(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** `order_number`, `OrderNumber` and `order-number` are alike. */
function alike(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** Milliseconds that were not sent are no other form. */
function isSame(sent: unknown, stored: unknown): boolean {
  const isTime = typeof sent === 'string' && sent.endsWith('Z') && stored === `${sent.slice(0, -1)}.000Z`;
  return isTime || JSON.stringify(sent) === JSON.stringify(stored);
}

const MAX_SHOWN = 60;

function shortJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
