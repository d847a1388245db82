import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../../../helpers/network/listening.ts';

type Document = Record<string, unknown> & { name: string };
type Values = Record<string, unknown>;

/** Frappe's exceptions, by their name, with the status that it answers with. */
export class FrappeError extends Error {
  override readonly name: string;
  readonly status: number;
  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

const invalid = (message: string) => new FrappeError('ValidationError', 417, message);

/**
 * What the documentation and the source of Frappe and ERPNext say of Sales Orders, in memory: drafts that are named by ERPNext,
 * submitted ones that keep what they sell, cancelled ones that stay, messages as JSON in JSON.
 */
export class StandInErpNext {
  readonly documents: Record<string, Document[]> = {
    Customer: [{ name: 'WEB' }],
    Country: [{ name: 'China', code: 'cn' }],
    Item: ['TEA-LJ-250', 'CUP-01', 'SHIPPING', 'SURCHARGE'].map((name) => ({ name })),
    Address: [],
    'Sales Order': [],
  };
  /** Sales Orders are named `format:{po_no}`. */
  isNamedByReference = false;
  token = 'key:secret';
  /** Before it answers a request: may throw a FrappeError, or return 'cut' to do as asked and then cut the connection. */
  onRequest: (method: string, doctype: string) => 'cut' | undefined | Promise<'cut' | undefined> = () => undefined;
  readonly requests: string[] = [];
  readonly bodies: string[] = [];
  #last = 0;

  get sales(): readonly Document[] {
    return this.documents['Sales Order'] ?? [];
  }

  async handle(method: string, doctype: string, name: string | undefined, query: URLSearchParams, values: Values) {
    this.requests.push(`${method} ${doctype}`);
    const before = structuredClone(this.documents);
    try {
      const isCut = (await this.onRequest(method, doctype)) === 'cut';
      return { isCut, data: this.#run(method, doctype, name, query, values) };
    } catch (error) {
      Object.assign(this.documents, before);
      throw error;
    }
  }

  #run(method: string, doctype: string, name: string | undefined, query: URLSearchParams, values: Values): unknown {
    if (method === 'POST') return this.#create(doctype, values);
    if (name === undefined) return this.#list(doctype, JSON.parse(query.get('filters') ?? '[]'));
    const document = this.#table(doctype).find((each) => each.name === name);
    if (document === undefined) throw new FrappeError('DoesNotExistError', 404, `${doctype} ${name} not found`);
    if (method === 'PUT') return this.#update(doctype, document, values);
    if (method === 'DELETE') {
      if (document['docstatus'] !== 0) throw invalid('Submitted Record cannot be deleted.');
      this.documents[doctype] = this.#table(doctype).filter((each) => each !== document);
      return 'ok';
    }
    return document;
  }

  #table(doctype: string): Document[] {
    const table = this.documents[doctype];
    if (table === undefined) throw new FrappeError('DoesNotExistError', 404, `DocType ${doctype} not found`);
    return table;
  }

  #list(doctype: string, filters: readonly [string, string, unknown][]): Document[] {
    return this.#table(doctype).filter((document) =>
      filters.every(([field, operator, value]) => {
        return operator === 'in' && Array.isArray(value) ? value.includes(document[field]) : document[field] === value;
      }),
    );
  }

  #create(doctype: string, values: Values): Document {
    const document = { ...values, name: this.#nameFor(doctype, values) };
    if (this.#table(doctype).some(({ name }) => name === document.name)) {
      throw new FrappeError('DuplicateEntryError', 409, `('${doctype}', '${document.name}')`);
    }
    if (doctype === 'Sales Order') this.#total(Object.assign(document, { docstatus: 0, status: 'Draft' }));
    this.#table(doctype).push(document);
    return document;
  }

  /** A name that is sent is not used. */
  #nameFor(doctype: string, values: Values): string {
    this.#last += 1;
    if (doctype === 'Address') return `${values['address_title']}-${values['address_type']}-${this.#last}`;
    const { amended_from: before, po_no: reference } = values;
    if (typeof before === 'string') return `${before}-1`;
    return this.isNamedByReference ? String(reference) : `SAL-ORD-${this.#last}`;
  }

  #update(doctype: string, document: Document, { docstatus, ...values }: Values): Document {
    if (doctype !== 'Sales Order') return Object.assign(document, values);
    const next = docstatus ?? document['docstatus'];
    if (document['docstatus'] === 2) throw invalid('Cannot edit cancelled document');
    if (document['docstatus'] === 1 && Object.keys(values).length > 0) {
      throw new FrappeError('UpdateAfterSubmitError', 417, 'Not allowed to change after submission');
    }
    if (document['docstatus'] === 0 && next === 2) {
      throw new FrappeError('DocstatusTransitionError', 417, 'Cannot change docstatus from 0 to 2');
    }
    if (next === 2 && document['is_linked'] === true) {
      throw new FrappeError('LinkExistsError', 417, '<b>Cannot cancel</b>: it is linked with Delivery Note DN-1');
    }
    return this.#total(Object.assign(document, values, { docstatus: next }));
  }

  #total(sale: Document): Document {
    const items = sale['items'] as { qty: number; rate: number }[];
    const taxes = (sale['taxes'] ?? []) as { tax_amount: number }[];
    for (const item of items) item.rate = Math.round(item.rate * 100) / 100;
    const net = items.reduce((sum, { qty, rate }) => sum + qty * rate, 0) - Number(sale['discount_amount'] ?? 0);
    const tax = taxes.reduce((sum, { tax_amount: amount }) => sum + amount, 0);
    const rounded = { grand_total: Math.round((net + tax) * 100) / 100, total_taxes_and_charges: tax };
    return Object.assign(sale, rounded);
  }
}

/** Serves it until the test is over. @returns its address */
export async function serve(erp: StandInErpNext): Promise<string> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://erp');
      const [doctype = '', name] = pathname.replace('/api/resource/', '').split('/').map(decodeURIComponent);
      const body = await text(request);
      erp.bodies.push(body);
      const reply = (status: number, content: unknown) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
      try {
        if (request.headers.authorization !== `token ${erp.token}`)
          throw new FrappeError('AuthenticationError', 401, '');
        const values = body === '' ? {} : JSON.parse(body);
        const { isCut, data } = await erp.handle(request.method ?? '', doctype, name, searchParams, values);
        if (isCut) return void response.destroy();
        reply(request.method === 'DELETE' ? 202 : 200, { data });
      } catch (error) {
        if (!(error instanceof FrappeError)) throw error;
        const messages = [JSON.stringify({ message: error.message, title: 'Message', indicator: 'red' })];
        const exception = `frappe.exceptions.${error.name}: ${error.message}`;
        reply(error.status, { exc_type: error.name, exception, exc: '[]', _server_messages: JSON.stringify(messages) });
      }
    };
    answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  return await listening(server);
}
