import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../../../helpers/network/listening.ts';

/** A record of any model. */
export type Row = Record<string, unknown> & { id: number };
type Values = Record<string, unknown>;

/** Odoo's exceptions, by the name that its replies have them under. */
export class OdooError extends Error {
  override readonly name: string;
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const userError = (message: string) => new OdooError('odoo.exceptions.UserError', message);

/**
 * What Odoo's documentation and source say of sales orders, in memory: references that are not unique, errors with HTTP 200, lines
 * that stay once they are confirmed, buttons that do nothing. Taxes are 13 % of what is taxed.
 */
export class StandInOdoo {
  readonly rows: Record<string, Row[]> = {
    'res.partner': [{ id: 7, name: 'Web customers', ref: 'WEB', parent_id: false }],
    'res.country': [{ id: 48, code: 'CN', name: 'China' }],
    'product.pricelist': [{ id: 3, 'currency_id.name': 'CNY' }],
    'product.product': ['TEA-LJ-250', 'CUP-01', 'SHIPPING', 'DISCOUNT', 'SURCHARGE'].map((code, index) => ({
      id: 100 + index,
      default_code: code,
    })),
    'sale.order': [],
    'sale.order.line': [],
  };
  /** The index that the company may create. */
  isUnique = false;
  password = 'a-password';
  /** Before it answers a call: may throw an OdooError, or return 'cut' to do as asked and then cut the connection. */
  onCall: (model: string, method: string) => 'cut' | undefined | Promise<'cut' | undefined> = () => undefined;
  readonly calls: string[] = [];
  /** As they came: what is in them byte by byte. */
  readonly bodies: string[] = [];
  #lastId = 1000;

  get sales(): readonly Row[] {
    return this.rows['sale.order'] ?? [];
  }

  linesOf(saleId: number): readonly Row[] {
    return (this.rows['sale.order.line'] ?? []).filter((line) => line['order_id'] === saleId);
  }

  /** In one transaction. */
  async call(model: string, method: string, ids: readonly number[], named: Values, records: readonly Values[]) {
    this.calls.push(`${model}.${method}`);
    const before = structuredClone(this.rows);
    try {
      const isCut = (await this.onCall(model, method)) === 'cut';
      return { isCut, result: this.#run(model, method, ids, named, records) };
    } catch (error) {
      Object.assign(this.rows, before);
      throw error;
    }
  }

  #run(model: string, method: string, ids: readonly number[], named: Values, records: readonly Values[]): unknown {
    switch (method) {
      case 'search_read':
        return this.#search(model, named['domain'] as Condition[]).map((row) =>
          this.#shown(row, named['fields'] as string[]),
        );
      case 'fields_get':
        return { tax_id: { type: 'many2many' } };
      case 'create':
        return records.map((values) => this.#create(model, values));
      case 'write':
        for (const id of ids) this.#write(model, id, named['vals'] as Values);
        return true;
      case 'unlink':
        this.rows[model] = this.#table(model).filter(({ id }) => !ids.includes(id));
        return true;
      default:
        for (const id of ids) this.#press(this.#row(model, id), method);
        return true;
    }
  }

  #table(model: string): Row[] {
    const table = this.rows[model];
    if (table === undefined) throw new OdooError('builtins.KeyError', model);
    return table;
  }

  #row(model: string, id: number): Row {
    const row = this.#table(model).find((each) => each.id === id);
    if (row === undefined)
      throw new OdooError('odoo.exceptions.MissingError', 'Record does not exist or has been deleted.');
    return row;
  }

  #search(model: string, domain: readonly Condition[]): Row[] {
    return this.#table(model).filter((row) =>
      domain.every(([field, operator, value]) => {
        const found = row[field] ?? false;
        if (operator === 'in') return Array.isArray(value) && value.includes(found);
        return operator === '=ilike' ? String(found).toLowerCase() === String(value).toLowerCase() : found === value;
      }),
    );
  }

  #shown(row: Row, fields: readonly string[]): Row {
    const shown = fields.map((field) => {
      const value = row[field] ?? false;
      return [field, field === 'product_id' && typeof value === 'number' ? [value, 'its name'] : value];
    });
    return { ...Object.fromEntries(shown), id: row.id };
  }

  #create(model: string, values: Values): number {
    const { order_line: lines, ...rest } = values;
    this.#lastId += 1;
    const row = { ...rest, id: this.#lastId };
    if (model === 'sale.order') {
      const reference = rest['client_order_ref'];
      if (this.isUnique && this.sales.some((sale) => sale['client_order_ref'] === reference)) {
        throw new OdooError('odoo.exceptions.ValidationError', 'The operation cannot be completed: duplicate key');
      }
      Object.assign(row, { name: `S${this.#lastId}`, state: 'draft' });
    }
    if (model === 'sale.order.line') Object.assign(row, { qty_delivered: 0, qty_invoiced: 0 });
    this.#table(model).push(row);
    if (Array.isArray(lines)) this.#writeLines(row, lines);
    return row.id;
  }

  #write(model: string, id: number, values: Values): void {
    const row = this.#row(model, id);
    const { order_line: lines, ...rest } = values;
    if (model === 'sale.order.line' && 'product_id' in rest && this.#isConfirmed(row)) {
      throw userError('You cannot modify the product of this order line.');
    }
    Object.assign(row, rest);
    if (Array.isArray(lines)) this.#writeLines(row, lines);
  }

  #writeLines(sale: Row, commands: readonly [number, number, Values][]): void {
    for (const [command, id, values] of commands) {
      if (command === 0) this.#create('sale.order.line', { ...values, order_id: sale.id });
      if (command === 1) this.#write('sale.order.line', id, values);
      if (command === 2) {
        if (sale['state'] === 'sale')
          throw userError("Once a sales order is confirmed, you can't remove one of its lines.");
        this.rows['sale.order.line'] = this.#table('sale.order.line').filter((line) => line.id !== id);
      }
    }
    const amounts = this.linesOf(sale.id).map((line) => {
      const net = Math.round(Number(line['price_unit']) * Number(line['product_uom_qty']) * 100) / 100;
      return Array.isArray(line['tax_id']) ? net : net * 1.13;
    });
    sale['amount_total'] = Math.round(amounts.reduce((sum, amount) => sum + amount, 0) * 100) / 100;
  }

  #isConfirmed(line: Row): boolean {
    return this.sales.some(({ id, state }) => id === line['order_id'] && state === 'sale');
  }

  #press(sale: Row, button: string): void {
    if (button === 'action_confirm') {
      if (sale['state'] !== 'draft') throw userError('Some orders are not in a state requiring confirmation.');
      sale['state'] = 'sale';
    }
    if (button === 'action_cancel') sale['state'] = 'cancel';
    if (button === 'action_draft' && sale['state'] === 'cancel') sale['state'] = 'draft';
  }
}

type Condition = readonly [field: string, operator: string, value: unknown];

/** Serves it over JSON-RPC and JSON-2 until the test is over. @returns its address */
export async function serve(odoo: StandInOdoo): Promise<string> {
  const server = createServer((request, response) => {
    const answer = async () => {
      const body = await text(request);
      odoo.bodies.push(body);
      const [, , , model, method] = (request.url ?? '').split('/');
      if (request.url === '/jsonrpc') return await answerRpc(odoo, JSON.parse(body), response);
      await answerJson2(
        odoo,
        { model, method, authorization: request.headers.authorization },
        JSON.parse(body),
        response,
      );
    };
    answer().catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  return await listening(server);
}

interface RpcRequest {
  readonly id: number;
  readonly params:
    | { readonly service: 'common'; readonly method: string; readonly args: readonly [string, string, string, object] }
    | { readonly service: 'object'; readonly method: string; readonly args: RpcCall };
}

/** First among the given arguments are the ids, or the records to be created. */
type RpcCall = readonly [
  database: string,
  user: number,
  password: string,
  model: string,
  method: string,
  given: readonly (readonly number[] & readonly Values[])[],
  named: Values,
];

async function answerRpc(odoo: StandInOdoo, { id, params }: RpcRequest, response: ServerResponse): Promise<void> {
  const reply = (content: object) =>
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ jsonrpc: '2.0', id, ...content }));
  if (params.service === 'common') return void reply({ result: params.args[2] === odoo.password ? 2 : false });
  try {
    const [, , password, model, name, given, named] = params.args;
    if (password !== odoo.password) throw new OdooError('odoo.exceptions.AccessDenied', 'Access Denied');
    const isCreate = name === 'create';
    const { isCut, result } = await odoo.call(
      model,
      name,
      isCreate ? [] : (given[0] ?? []),
      named,
      isCreate ? (given[0] ?? []) : [],
    );
    if (isCut) return void response.destroy();
    reply({ result });
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const data = { name: error.name, message: error.message, arguments: [error.message], debug: 'Traceback …' };
    reply({ error: { code: 200, message: 'Odoo Server Error', data } });
  }
}

const STATUSES: Readonly<Record<string, number>> = {
  UserError: 422,
  ValidationError: 422,
  AccessError: 403,
  Unauthorized: 401,
};

async function answerJson2(
  odoo: StandInOdoo,
  {
    model = '',
    method = '',
    authorization,
  }: { model: string | undefined; method: string | undefined; authorization: string | undefined },
  { ids = [], vals_list = [], ...named }: Values,
  response: ServerResponse,
): Promise<void> {
  const reply = (status: number, content: unknown) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
  try {
    if (authorization !== 'Bearer an-api-key')
      throw new OdooError('werkzeug.exceptions.Unauthorized', 'Invalid apikey');
    const { isCut, result } = await odoo.call(model, method, ids as number[], named, vals_list as Values[]);
    if (isCut) return void response.destroy();
    reply(200, result);
  } catch (error) {
    if (!(error instanceof OdooError)) throw error;
    const status = STATUSES[error.name.split('.').at(-1) ?? ''] ?? 500;
    reply(status, {
      name: error.name,
      message: error.message,
      arguments: [error.message],
      context: {},
      debug: 'Traceback …',
    });
  }
}
