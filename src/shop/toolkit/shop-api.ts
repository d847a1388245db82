import { at } from '../../client/at.ts';
import type { Auth } from '../../client/auth.ts';
import { header, isNotFound, isWebPage } from '../../client/http-errors.ts';
import type { HttpLimits, Reply } from '../../client/json-http.ts';
import { type ApiRequest, below, pairsOf, type Query } from '../../client/request.ts';
import { parseHttpDate } from '../../client/retry-after.ts';
import { SignedHttp } from '../../client/signed-http.ts';
import { type FailureReason, SyncError } from '../../errors.ts';
import { SHOP, statusError } from '../http/failures.ts';
import { type BudgetStatus, CostBudget } from './cost-budget.ts';
import { readData } from './graphql.ts';

export interface ApiOptions {
  /** The address that all paths are below. */
  readonly baseUrl: string;
  /** @defaultValue none */
  readonly auth?: Auth | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
  /**
   * What is wrong with a reply, whatever its status: for errors that come with HTTP 200. A reason, or an error that says more;
   * undefined leaves it to the status. `shop_refused_credentials` renews them and tries again.
   */
  readonly problem?: ((reply: Reply) => FailureReason | SyncError | undefined) | undefined;
  /**
   * Whether the reply means that there is no such order, and not that the address is wrong.
   *
   * @defaultValue 404 or 410 that is not a web page
   */
  readonly isNotFound?: ((reply: Reply) => boolean) | undefined;
  /** Read JSON whatever its content type says: some shops call it text/html. */
  readonly acceptsAnyType?: boolean;
  /** What is left of a budget of cost points, as a reply says. */
  readonly budget?: ((json: unknown) => BudgetStatus | undefined) | undefined;
}

/** Asks a shop's API. All errors are SyncErrors that say what order-sync shall do; no message quotes a reply. */
export class ShopApi {
  readonly #base: URL;
  readonly #options: ApiOptions;
  readonly #http: SignedHttp;

  constructor(options: ApiOptions) {
    this.#base = new URL(options.baseUrl);
    this.#options = options;
    const budget = new CostBudget(options.budget);
    this.#http = new SignedHttp({
      ...options,
      of: SHOP,
      origin: this.#base.origin,
      problemOf: (reply, request) => this.#problemOf(reply, request),
      isRefused: ({ reason }) => reason === SHOP.reasons.refused,
      paced: (signal, send) => budget.run(signal, send),
    });
  }

  /** The same API, whose requests end when the signal is aborted. */
  until(signal: AbortSignal): ShopRequests {
    return new ShopRequests(this.#base, (request) => this.#http.ask(request, signal));
  }

  /** Likewise, for requests that change something: a lost one is not sent again, as it may have arrived. */
  changesUntil(signal: AbortSignal): ShopRequests {
    return new ShopRequests(this.#base, (request) => this.#http.ask({ ...request, once: true }, signal));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #problemOf(reply: Reply, request: ApiRequest): SyncError | undefined {
    const { problem, auth, isNotFound: isAbsent = (it: Reply) => isNotFound(it) && !isWebPage(it) } = this.#options;
    const found = problem?.(reply);
    if (found instanceof SyncError) return found;
    if (found !== undefined) return new SyncError(found, `The shop answered with an error (HTTP ${reply.statusCode}).`);
    if (isAbsent(reply)) return new SyncError('order_not_found', 'The shop has no such order.');
    if (reply.statusCode >= 200 && reply.statusCode < 300) return undefined;
    if (isNotFound(reply)) return wrongAddress(reply, request);
    if (request.once === true && REFUSALS.includes(reply.statusCode)) return refusal(reply);
    return statusError(reply, request.url, auth?.names.join(', '));
  }
}

const REFUSALS = [400, 409, 422];

/** What is wrong with a request that would change something. Its code is shown; its text may hold anything. */
function refusal({ statusCode, json }: Reply): SyncError {
  const code = ['code', 'type'].map((name) => at(json, name)).find((found) => CODE.test(String(found ?? '')));
  const shown = code === undefined ? '' : `, ${code}`;
  return new SyncError('shipment_refused', `The shop refused the shipment (HTTP ${statusCode}${shown}).`);
}

const CODE = /^[\w.-]{1,60}$/;

function wrongAddress({ statusCode }: Reply, { url }: ApiRequest): SyncError {
  const finding = `The shop has nothing at ${url.origin}${url.pathname} (HTTP ${statusCode}).`;
  return new SyncError('shop_error', finding, { outageOf: 'shop', remedy: 'Is its base URL right?' });
}

/** The requests that an adapter makes. Each returns the reply's JSON. @throws SyncError, or the reason of an aborted signal */
export class ShopRequests {
  readonly #base: URL;
  readonly #send: (request: ApiRequest) => Promise<Reply>;
  #date: Date | undefined;

  constructor(base: URL, send: (request: ApiRequest) => Promise<Reply>) {
    this.#base = base;
    this.#send = send;
  }

  /** The shop's own time, by the `Date` of the last reply. */
  get date(): Date | undefined {
    return this.#date;
  }

  async get(path: string, query: Query = {}): Promise<unknown> {
    return (await this.send('GET', path, { query })).json;
  }

  async post(path: string, json: unknown, query: Query = {}): Promise<unknown> {
    return (await this.send('POST', path, { query, body: { json } })).json;
  }

  async form(path: string, fields: Query): Promise<unknown> {
    return (await this.send('POST', path, { body: { form: pairsOf(fields) } })).json;
  }

  /** The reply's `data`, complete: errors that come beside it are thrown. */
  async graphql(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return readData(await this.post('', { query, variables }));
  }

  /** The whole reply, for what stands in its headers. */
  async send(
    method: ApiRequest['method'],
    path: string,
    { query = {}, body }: { readonly query?: Query; readonly body?: NonNullable<ApiRequest['body']> } = {},
  ): Promise<Reply> {
    const request = { method, url: below(this.#base, path), query: pairsOf(query), headers: {} };
    const reply = await this.#send(body === undefined ? request : { ...request, body });
    const time = parseHttpDate(header(reply, 'date') ?? '');
    if (time !== undefined) this.#date = new Date(time);
    return reply;
  }
}
