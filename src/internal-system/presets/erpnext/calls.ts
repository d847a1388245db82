import { at, type ErpRequests, path, SyncError, z } from '../../erp/index.ts';

type Document = Readonly<Record<string, unknown>>;
type Filters = readonly (readonly [field: string, operator: string, value: unknown])[];

/** Frappe's documents, by their type and name. Each request is a transaction of its own there. */
export class Frappe {
  readonly #api: ErpRequests;

  constructor(api: ErpRequests) {
    this.#api = api;
  }

  /** Those that match, oldest first, with these fields. */
  async list<Shape extends z.ZodRawShape>(doctype: string, filters: Filters, row: z.ZodObject<Shape>) {
    const [fields, criteria] = [Object.keys(row.shape), filters].map((value) => JSON.stringify(value));
    const query = { filters: criteria, fields, limit_page_length: 0, order_by: 'creation asc' };
    return understood(z.array(row), await this.#api.get(path`/${doctype}`, query), doctype);
  }

  async read<Schema extends z.ZodType>(doctype: string, name: string, schema: Schema) {
    return understood(schema, await this.#api.get(path`/${doctype}/${name}`), doctype);
  }

  /** @returns its name */
  async create(doctype: string, document: Document): Promise<string> {
    return understood(named, await this.#api.post(path`/${doctype}`, document), doctype).name;
  }

  async update(doctype: string, name: string, changes: Document): Promise<void> {
    await this.#api.put(path`/${doctype}/${name}`, changes);
  }

  async remove(doctype: string, name: string): Promise<void> {
    await this.#api.send('DELETE', path`/${doctype}/${name}`);
  }

  /** Which of these names no document has. */
  async lacking(doctype: string, names: readonly string[]): Promise<string[]> {
    const found = await this.list(doctype, [['name', 'in', names]], named);
    return names.filter((name) => !found.some((document) => document.name === name));
  }
}

const named = z.object({ name: z.string() });

/** @throws SyncError that names the fields which are not as Frappe's documentation says, never their values */
function understood<Schema extends z.ZodType>(schema: Schema, reply: unknown, doctype: string): z.output<Schema> {
  const parsed = schema.safeParse(at(reply, 'data'));
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 3).map(({ path: place }) => place.join('.') || 'all of it');
  throw new SyncError('write_failed', `ERPNext's reply about ${doctype} can't be used (${fields.join(', ')}).`);
}
