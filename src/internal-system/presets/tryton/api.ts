import {
  at,
  auth,
  type ErpRequests,
  Refusal,
  rpcProblem,
  type Secret,
  type Settings,
  SyncError,
} from '../../erp/index.ts';

/** What Tryton says about a call in a reply with HTTP 200: a kind of error and its words, or a Python error. */
export const problem = rpcProblem((error) => {
  if (!Array.isArray(error)) return undefined;
  const [kind, details]: unknown[] = error;
  const words = Array.isArray(details) ? details.map(String) : [];
  if (kind === 'UserError') return new Refusal(words[0] ?? '');
  if (kind === 'UserWarning') return new Refusal(`it wants a person to confirm: ${words.slice(1).join(' ')}`);
  if (kind === 'ConcurrencyException') {
    return new SyncError('write_failed', 'Somebody else has written this record in between.');
  }
  return undefined;
});

/** A session by user and password. Basic authentication would hash the password with each call, which takes 300 ms. */
export function login(settings: Settings, url: string): auth.Auth {
  const [user, password] = [settings.text('ERP_USER'), settings.secret('ERP_PASSWORD')];
  return auth.session({
    names: ['ERP_USER', password.name],
    login: async (send) => {
      password.reread();
      return { token: await sessionOf(send, new URL(url), user, password) };
    },
    sign: (request, token) => auth.withHeader(request, 'authorization', `Session ${token}`),
  });
}

async function sessionOf(send: auth.Send, url: URL, user: string, password: Secret): Promise<string> {
  const json = { id: 0, method: 'common.db.login', params: [user, { password: password.value }] };
  const { statusCode, json: reply } = await send({ method: 'POST', url, query: [], headers: {}, body: { json } });
  const result = at(reply, 'result');
  if (Array.isArray(result)) return Buffer.from([user, ...result].join(':')).toString('base64');
  const finding = `Tryton refused the login (HTTP ${statusCode}).`;
  const remedy = `Check ERP_DATABASE, ERP_USER and ${password.name}.`;
  throw new SyncError('internal_system_refused_credentials', finding, { remedy });
}

/** Below the database's name; without the slash, Tryton redirects. */
export const ROOT = '/';

type Domain = readonly unknown[];
type Values = Readonly<Record<string, unknown>>;

/** Tryton's models by RPC. */
export class Models {
  readonly #api: ErpRequests;
  readonly #context: Values;

  constructor(api: ErpRequests, company: number) {
    this.#api = api;
    this.#context = { company, language: 'en' };
  }

  async search(
    model: string,
    domain: Domain,
    fields: readonly string[],
    limit: number | null = null,
  ): Promise<unknown[]> {
    const found = await this.read(model, 'search_read', domain, 0, limit, [['id', 'ASC']], fields);
    return Array.isArray(found) ? found : [];
  }

  /** A method that changes nothing. */
  read(model: string, method: string, ...parameters: readonly unknown[]): Promise<unknown> {
    return this.#api.call(`model.${model}.${method}`, [...parameters, this.#context], { path: ROOT, reads: true });
  }

  /** @returns the id */
  async create(model: string, values: Values): Promise<number> {
    return Number(at(await this.createTogether(model, [values]), '0'));
  }

  /** All of them, or none. @returns the ids */
  createTogether(model: string, records: readonly Values[]): Promise<unknown> {
    return this.#api.call(`model.${model}.create`, [records, this.#context], { path: ROOT });
  }

  /** A method that changes one record, unless somebody else has changed it since it was read: compare and set. */
  async change(model: string, method: string, record: Versioned, ...parameters: readonly unknown[]): Promise<void> {
    const context = { ...this.#context, _timestamp: { [`${model},${record.id}`]: record._timestamp } };
    await this.#api.call(`model.${model}.${method}`, [[record.id], ...parameters, context], { path: ROOT });
  }
}

export interface Versioned {
  readonly id: number;
  readonly _timestamp: string;
}
