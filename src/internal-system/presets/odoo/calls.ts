import { auth, type ErpApiOptions, type ErpRequests, path, type Settings, SyncError, z } from '../../erp/index.ts';
import { problemOf, refusedLogin } from './problems.ts';

/** The parameters of a method, by name. */
type Parameters = Readonly<Record<string, unknown>>;
export type Domain = readonly (readonly [field: string, operator: string, value: unknown])[];

/** One method of one of Odoo's models. @param ids undefined for a method of the model itself */
type Call = (method: Method, ids: readonly number[] | undefined, parameters: Parameters) => Promise<unknown>;
interface Method {
  readonly model: string;
  readonly name: string;
  readonly reads?: boolean;
}

const newIds = z.tuple([z.int()], z.int());

/** Odoo's models. Each call is a transaction of its own there. */
export class Odoo {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** The records that match, with these fields. Archived ones are left out. */
  async find<Shape extends z.ZodRawShape>(model: string, domain: Domain, row: z.ZodObject<Shape>) {
    const parameters = { domain, fields: Object.keys(row.shape) };
    const found = await this.#call({ model, name: 'search_read', reads: true }, undefined, parameters);
    return understood(z.array(row), found, model);
  }

  /** The names of those fields that the model has. */
  async fieldsOf(model: string, names: readonly string[]): Promise<readonly string[]> {
    const method = { model, name: 'fields_get', reads: true };
    const found = await this.#call(method, undefined, { allfields: names, attributes: ['type'] });
    return Object.keys(understood(z.record(z.string(), z.unknown()), found, model));
  }

  /** All of them, or none. @returns their ids */
  async create(model: string, ...records: readonly Parameters[]): Promise<readonly [number, ...number[]]> {
    const ids = await this.#call({ model, name: 'create' }, undefined, { vals_list: records });
    return understood(newIds, ids, model);
  }

  async write(model: string, id: number, vals: Parameters): Promise<void> {
    await this.#call({ model, name: 'write' }, [id], { vals });
  }

  /** A button of the record. What it answers means nothing: some do nothing without saying so. */
  async press(model: string, id: number, name: string): Promise<void> {
    await this.#call({ model, name }, [id], { context: { disable_cancel_warning: true } });
  }

  async remove(model: string, ids: readonly number[]): Promise<void> {
    await this.#call({ model, name: 'unlink' }, ids, {});
  }
}

/** @throws SyncError that names the fields which are not as Odoo's documentation says, never their values */
function understood<Schema extends z.ZodType>(schema: Schema, reply: unknown, model: string): z.output<Schema> {
  const parsed = schema.safeParse(reply);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.slice(0, 3).map(({ path: at }) => at.join('.') || 'all of it');
  throw new SyncError('write_failed', `Odoo's reply about ${model} can't be used (${fields.join(', ')}).`);
}

interface Access {
  readonly api: Pick<ErpApiOptions, 'baseUrl' | 'auth' | 'headers' | 'problem'>;
  readonly odoo: (api: ErpRequests) => Odoo;
}

/**
 * With ERP_TOKEN, an API key, the JSON-2 API of Odoo 19; with ERP_USER and ERP_PASSWORD, the JSON-RPC of Odoo 16 to 19, which
 * its makers want to remove.
 */
export function accessTo(settings: Settings): Access {
  const baseUrl = settings.url('ERP_URL');
  const token = settings.secret('ERP_TOKEN', undefined);
  if (token === undefined) return jsonRpc(settings, baseUrl);
  const database = settings.text('ERP_DATABASE', undefined);
  const headers = database === undefined ? {} : { 'x-odoo-database': database };
  return {
    api: { baseUrl, auth: auth.bearer(token), headers, problem: problemOf },
    odoo: (api) =>
      new Odoo(async ({ model, name, reads = false }, ids, parameters) => {
        const body = { json: ids === undefined ? parameters : { ids, ...parameters } };
        return (await api.send('POST', path`/json/2/${model}/${name}`, { body, once: !reads })).json;
      }),
  };
}

function jsonRpc(settings: Settings, baseUrl: string): Access {
  const database = settings.text('ERP_DATABASE');
  const user = settings.text('ERP_USER');
  const password = settings.secret('ERP_PASSWORD');
  const call = (api: ErpRequests, service: string, method: string, args: readonly unknown[], reads: boolean) =>
    api.call('call', { service, method, args }, { path: '/jsonrpc', reads });
  let login: Promise<number> | undefined;
  const logIn = async (api: ErpRequests): Promise<number> => {
    password.reread();
    const uid = z
      .int()
      .safeParse(await call(api, 'common', 'authenticate', [database, user, password.value, {}], true));
    if (!uid.success) throw refusedLogin();
    return uid.data;
  };
  const uidOf = (api: ErpRequests) => {
    login ??= logIn(api).catch((error: unknown) => {
      login = undefined;
      throw error;
    });
    return login;
  };
  return {
    api: { baseUrl, problem: problemOf },
    odoo: (api) =>
      new Odoo(async ({ model, name, reads = false }, ids, parameters) => {
        const uid = await uidOf(api);
        // `create` takes its records by position alone.
        const { vals_list: records, ...named } = parameters;
        const given = [...(ids === undefined ? [] : [ids]), ...(records === undefined ? [] : [records])];
        const args = [database, uid, password.value, model, name, given, named];
        return await call(api, 'object', 'execute_kw', args, reads).catch((error: SyncError) => {
          // The password may have been rotated.
          if (error.reason === 'internal_system_refused_credentials') login = undefined;
          throw error;
        });
      }),
  };
}
