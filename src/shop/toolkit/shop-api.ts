import { orAborted } from '../../async/deadline.ts';
import { type FailureReason, SyncError } from '../../errors.ts';
import { header, isNotFound, isWebPage, statusError } from '../http/http-errors.ts';
import { parseHttpDate } from '../http/retry-after.ts';
import { type HttpLimits, JSON_HEADERS, type Reply, ShopHttp } from '../http/shop-http.ts';
import type { Auth, Send } from './auth.ts';
import { type BudgetStatus, CostBudget } from './cost-budget.ts';
import { readData } from './graphql.ts';
import { below, pairsOf, type Query, type ShopRequest, toHttpRequest } from './request.ts';

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
  readonly #http: ShopHttp;
  readonly #budget: CostBudget;

  constructor(options: ApiOptions) {
    this.#base = new URL(options.baseUrl);
    this.#options = options;
    this.#http = new ShopHttp(this.#base.origin, options.limits);
    this.#budget = new CostBudget(options.budget);
  }

  /** The same API, whose requests end when the signal is aborted. */
  until(signal: AbortSignal): ShopRequests {
    return new ShopRequests(this.#base, (request) => this.#http.run(signal, () => this.#ask(request, signal)));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(request: ShopRequest, signal: AbortSignal): Promise<Reply> {
    const { auth } = this.#options;
    const first = await this.#sendSigned(request, signal);
    const problem = this.#problemOf(first.reply, request);
    if (problem === undefined) return first.reply;
    const isRefused = problem.reason === 'shop_refused_credentials' && auth !== undefined;
    if (!isRefused || (first.version === auth.version && !auth.renew())) throw problem;
    const { reply } = await this.#sendSigned(request, signal);
    const still = this.#problemOf(reply, request);
    if (still !== undefined) throw still;
    return reply;
  }

  async #sendSigned(request: ShopRequest, signal: AbortSignal): Promise<SignedReply> {
    const { auth } = this.#options;
    // A login is everybody's: who gives up waiting for it does not end it.
    const login: Send = (loginRequest) => this.#send(loginRequest, new AbortController().signal);
    const signed = auth === undefined ? request : await orAborted(Promise.resolve(auth.sign(request, login)), signal);
    const version = auth?.version;
    return { reply: await this.#budget.run(signal, () => this.#send(signed, signal)), version };
  }

  #send(request: ShopRequest, signal: AbortSignal): Promise<Reply> {
    const { headers, acceptsAnyType = false } = this.#options;
    const all = { ...JSON_HEADERS, ...headers, ...request.headers };
    return this.#http.send({ ...toHttpRequest({ ...request, headers: all }), acceptsAnyType }, signal);
  }

  #problemOf(reply: Reply, request: ShopRequest): SyncError | undefined {
    const { problem, auth, isNotFound: isAbsent = (it: Reply) => isNotFound(it) && !isWebPage(it) } = this.#options;
    const found = problem?.(reply);
    if (found instanceof SyncError) return found;
    if (found !== undefined) return new SyncError(found, `The shop answered with an error (HTTP ${reply.statusCode}).`);
    if (isAbsent(reply)) return new SyncError('order_not_found', 'The shop has no such order.');
    if (reply.statusCode >= 200 && reply.statusCode < 300) return undefined;
    if (isNotFound(reply)) return wrongAddress(reply, request);
    return statusError(reply, request.url, auth?.names.join(', '));
  }
}

interface SignedReply {
  readonly reply: Reply;
  /** Of the credentials that it was asked for with. */
  readonly version: number | undefined;
}

function wrongAddress({ statusCode }: Reply, { url }: ShopRequest): SyncError {
  const finding = `The shop has nothing at ${url.origin}${url.pathname} (HTTP ${statusCode}).`;
  return new SyncError('shop_error', finding, { outageOf: 'shop', remedy: 'Is its base URL right?' });
}

/** The requests that an adapter makes. Each returns the reply's JSON. @throws SyncError, or the reason of an aborted signal */
export class ShopRequests {
  readonly #base: URL;
  readonly #send: (request: ShopRequest) => Promise<Reply>;
  #date: Date | undefined;

  constructor(base: URL, send: (request: ShopRequest) => Promise<Reply>) {
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
    method: ShopRequest['method'],
    path: string,
    { query = {}, body }: { readonly query?: Query; readonly body?: NonNullable<ShopRequest['body']> } = {},
  ): Promise<Reply> {
    const request = { method, url: below(this.#base, path), query: pairsOf(query), headers: {} };
    const reply = await this.#send(body === undefined ? request : { ...request, body });
    const time = parseHttpDate(header(reply, 'date') ?? '');
    if (time !== undefined) this.#date = new Date(time);
    return reply;
  }
}
