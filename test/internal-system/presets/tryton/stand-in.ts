import { type Answer, aServer, type Received } from '../../../shop/toolkit/a-server.ts';

type Values = Record<string, unknown>;

/** A sale as Tryton stores it. */
export interface Sale extends Values {
  readonly id: number;
  state: string;
  description: string | null;
  version: number;
  lines: Values[];
}

/** What the next call of a method is answered with, in place of its effect; `lost`: it has its effect, and no reply. */
export type Trick = Answer | 'lost';

const PRODUCTS = ['NB-A5', 'SHIPPING', 'DISCOUNT', 'SURCHARGE'];
const NEXT: Readonly<Record<string, { from: readonly string[]; to: string }>> = {
  quote: { from: ['draft'], to: 'quotation' },
  confirm: { from: ['quotation'], to: 'confirmed' },
  draft: { from: ['quotation', 'confirmed', 'cancelled'], to: 'draft' },
  cancel: { from: ['draft', 'quotation'], to: 'cancelled' },
};

/** What a real Tryton 6.0.29 answers, as far as the preset asks: forms of replies and errors are recorded from it. */
export async function aTryton() {
  const sales: Sale[] = [];
  const calls: string[] = [];
  const tricks = new Map<string, Trick>();
  let session = 1;
  let added = 0;

  function execute(method: string, params: readonly unknown[]): unknown {
    const [model, name] = /^model\.(.+)\.(\w+)$/.exec(method)?.slice(1) ?? [];
    if (method === 'model.res.user.get_preferences') return { company: 1, language: 'en' };
    if (name === 'get_access') return accessTo(params[0]);
    if (model === 'sale.line') return [{ unit: 1, taxes: { add: [[0, { id: 1 }]] } }];
    if (model !== 'sale.sale') return recordsOf(model ?? '', name ?? '');
    if (name === 'search_read') return sales.filter((sale) => isMeant(sale, params[0])).map(shown);
    if (name === 'create') return (params[0] as Values[]).map(createSale);
    return changeSale(name ?? '', params);
  }

  function recordsOf(model: string, name: string): unknown {
    if (name === 'create') return [100 + ++added];
    if (model === 'party.party') return [{ id: 2, addresses: [2] }];
    if (model === 'product.product') return PRODUCTS.map((code, index) => ({ id: index + 1, code }));
    return model === 'party.address' ? [] : [{ id: 1 }];
  }

  function createSale(values: Values): number {
    const id = sales.length + 1;
    const { lines, description, ...rest } = values;
    sales.push({ ...rest, id, state: 'draft', description: String(description), version: 1, lines: linesOf(lines) });
    return id;
  }

  function changeSale(name: string, params: readonly unknown[]): null {
    const [[id], values] = params as [[number], Values];
    const sale = sales[id - 1];
    const context = params.at(-1) as { _timestamp?: Values };
    if (sale === undefined) return null;
    const version = context._timestamp?.[`sale.sale,${id}`];
    if (version !== undefined && version !== String(sale.version))
      throw ['ConcurrencyException', 'Records were modified'];
    const step = NEXT[name];
    if (step === undefined) {
      const lines = values['lines'] === undefined ? {} : { lines: linesOf(values['lines']) };
      Object.assign(sale, values, lines, { version: sale.version + 1 });
      return null;
    }
    // A click that does not fit is answered like one that does.
    if (step.from.includes(sale.state)) Object.assign(sale, { state: step.to, version: sale.version + 1 });
    return null;
  }

  function answer({ headers, body }: Received): Answer | Promise<Answer> {
    const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
    calls.push(method.replace('model.sale.sale.', ''));
    if (method === 'common.db.login') return { body: { id, result: [7, `key-${session}`] } };
    const expected = Buffer.from(`order-sync:7:key-${session}`).toString('base64');
    if (headers['authorization'] !== `Session ${expected}`) return { status: 401, body: '<h1>Unauthorized</h1>' };
    const trick = tricks.get(method);
    tricks.delete(method);
    if (trick !== undefined && trick !== 'lost') return trick;
    try {
      const result = execute(method, params);
      if (trick === 'lost') throw new Error('the connection is cut');
      return { body: { id, result } };
    } catch (error) {
      if (error instanceof Error) throw error;
      return { body: { id, error } };
    }
  }

  const { url } = await aServer(answer);
  return {
    url,
    sales,
    calls,
    /** @param method of `sale.sale`, or a full name */
    trick: (method: string, trick: Trick) =>
      tricks.set(method.includes('.') ? method : `model.sale.sale.${method}`, trick),
    expireSessions: () => {
      session += 1;
    },
  };
}

function linesOf(commands: unknown): Values[] {
  return (commands as [string, Values[]][]).flatMap(([kind, lines]) => (kind === 'create' ? lines : []));
}

function isMeant(sale: Sale, domain: unknown): boolean {
  const text = JSON.stringify(domain);
  if (text.includes('"id","="') && !text.includes('"OR"')) return text === JSON.stringify([['id', '=', sale.id]]);
  return text.includes(JSON.stringify(sale['reference']));
}

/** Prices are net, with 19 % tax on lines that have one. */
function shown(sale: Sale): Values {
  const total = sale.lines.reduce((sum, { quantity, unit_price: price, taxes }) => {
    const net = Math.round(Number(quantity) * Number((price as { decimal: string }).decimal) * 100) / 100;
    return sum + net * ((taxes as unknown[]).length > 0 ? 1.19 : 1);
  }, 0);
  const decimal = { __class__: 'Decimal', decimal: total.toFixed(2) };
  const { id, state, description, version } = sale;
  const lines = sale.lines.map((_, index) => id * 100 + index);
  const versions = { _timestamp: String(version), create_uid: 7, write_uid: sale['write_uid'] ?? null };
  return { id, state, description, reference: sale['reference'], total_amount: decimal, lines, ...versions };
}

function accessTo(models: unknown): unknown {
  const rights = { read: 1, write: 1, create: 1 };
  return Object.fromEntries((models as string[]).map((model) => [model, rights]));
}
