import type { Auth } from '../../client/auth.ts';
import type { HttpLimits, Reply } from '../../client/json-http.ts';
import { type ApiRequest, below, pairsOf, type Query } from '../../client/request.ts';
import { SignedHttp } from '../../client/signed-http.ts';
import { type FailureReason, SyncError } from '../../errors.ts';
import { ERP, isAbsent, statusProblem } from './failures.ts';
import { resultOf } from './json-rpc.ts';

export interface ErpApiOptions {
  /** The address that all paths are below. */
  readonly baseUrl: string;
  /** @defaultValue none */
  readonly auth?: Auth | undefined;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly limits: HttpLimits;
  /**
   * What is wrong with a reply, whatever its status: for errors that come with HTTP 200. A reason, or an error that says more;
   * undefined leaves it to the status.
   */
  readonly problem?: (reply: Reply) => FailureReason | SyncError | undefined;
  /** Whether a reply means that the session has ended, so that a new login may help. @defaultValue 401 */
  readonly isSessionEnded?: (reply: Reply) => boolean;
  /** The JSON-RPC that `call` speaks. 1.0 has no `jsonrpc` field, which Tryton takes for another protocol. @defaultValue '2.0' */
  readonly jsonRpc?: '1.0' | '2.0';
  /** Read JSON whatever its content type says. */
  readonly acceptsAnyType?: boolean;
}

/** Asks an ERP's API. All errors are SyncErrors that say what order-sync shall do. */
export class ErpApi {
  readonly #base: URL;
  readonly #options: ErpApiOptions;
  readonly #http: SignedHttp;

  constructor(options: ErpApiOptions) {
    this.#base = new URL(options.baseUrl);
    this.#options = options;
    this.#http = new SignedHttp({
      ...options,
      of: ERP,
      origin: this.#base.origin,
      problemOf: (reply, request) => answered(reply, this.#problemOf(reply, request)),
      isRefused: (_, reply) => this.#isSessionEnded(reply),
    });
  }

  /** The same API, whose requests end when the signal is aborted. */
  until(signal: AbortSignal): ErpRequests {
    const { jsonRpc = '2.0' } = this.#options;
    return new ErpRequests(this.#base, jsonRpc, (request) => this.#http.ask(request, signal));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #problemOf(reply: Reply, request: ApiRequest): SyncError | undefined {
    const { problem, auth } = this.#options;
    if (this.#isSessionEnded(reply)) return refused(auth);
    const found = problem?.(reply);
    if (found instanceof SyncError) return found;
    if (found !== undefined) {
      return new SyncError(found, `The internal system answered with an error (HTTP ${reply.statusCode}).`);
    }
    if (reply.statusCode >= 200 && reply.statusCode < 300) return undefined;
    if (request.method === 'GET' && isAbsent(reply)) return undefined;
    return statusProblem(reply, request, auth?.names.join(', '));
  }

  #isSessionEnded(reply: Reply): boolean {
    const { isSessionEnded = ({ statusCode }: Reply) => statusCode === 401 } = this.#options;
    return isSessionEnded(reply);
  }
}

function refused(auth: Auth | undefined): SyncError {
  const remedy = `Check ${auth?.names.join(', ') ?? ERP.credentials}.`;
  return new SyncError(ERP.reasons.refused, 'The internal system refused the credentials.', { remedy });
}

/** Errors that a complete reply of the ERP's own says: nothing of the request happens any more. */
const ANSWERS = new WeakSet<SyncError>();

/** What answers in the server's place does not know what became of the request. */
const GATEWAYS = [502, 504];

function answered({ statusCode }: Reply, problem: SyncError | undefined): SyncError | undefined {
  if (problem !== undefined && !GATEWAYS.includes(statusCode)) ANSWERS.add(problem);
  return problem;
}

/** Answered, or never sent. */
function hasEnded(error: unknown): boolean {
  return error instanceof SyncError && (ANSWERS.has(error) || error.reason === ERP.reasons.unreachable);
}

type Body = NonNullable<ApiRequest['body']>;

/**
 * The requests that a sink makes. Each returns the reply's JSON. What writes is never sent twice by itself: a request that was
 * lost fails with `write_failed`, as it may have had its effect.
 *
 * All throw a SyncError, or the reason of an aborted signal.
 */
export class ErpRequests {
  readonly #base: URL;
  readonly #version: '1.0' | '2.0';
  readonly #send: (request: ApiRequest) => Promise<Reply>;
  #lastCall = 0;
  #openEnds = 0;

  constructor(base: URL, version: '1.0' | '2.0', send: (request: ApiRequest) => Promise<Reply>) {
    this.#base = base;
    this.#version = version;
    this.#send = send;
  }

  /** Nothing that was sent to be written may still take effect: each such request was answered, or never left. */
  get isOver(): boolean {
    return this.#openEnds === 0;
  }

  /** Null if there is no such thing (404 or 410 that is not a web page). */
  async get(path: string, query: Query = {}): Promise<unknown> {
    const reply = await this.send('GET', path, { query });
    return isAbsent(reply) ? null : reply.json;
  }

  async post(path: string, json: unknown, query: Query = {}): Promise<unknown> {
    return (await this.send('POST', path, { query, body: { json } })).json;
  }

  async put(path: string, json: unknown, query: Query = {}): Promise<unknown> {
    return (await this.send('PUT', path, { query, body: { json } })).json;
  }

  /** One method of a JSON-RPC API: what the reply holds as `result`. Its `error` is what `problem` has to find. */
  async call(method: string, params: unknown, { path = '', reads = false }: CallOptions = {}): Promise<unknown> {
    this.#lastCall += 1;
    const version = this.#version === '2.0' ? { jsonrpc: '2.0' } : {};
    const json = { ...version, id: this.#lastCall, method, params };
    return resultOf((await this.send('POST', path, { body: { json }, once: !reads })).json);
  }

  /** The whole reply, for its status and its headers. */
  async send(
    method: ApiRequest['method'],
    path: string,
    { query = {}, body, headers = {}, once = method !== 'GET' }: RequestOptions = {},
  ): Promise<Reply> {
    const request = { method, url: below(this.#base, path), query: pairsOf(query), headers, once };
    if (once) this.#openEnds += 1;
    try {
      const reply = await this.#send(body === undefined ? request : { ...request, body });
      if (once) this.#openEnds -= 1;
      return reply;
    } catch (error) {
      if (once && hasEnded(error)) this.#openEnds -= 1;
      throw error;
    }
  }
}

export interface CallOptions {
  /** Below the base address. @defaultValue '' */
  readonly path?: string;
  /** The method only reads: if the request is lost, it is sent again. */
  readonly reads?: boolean;
}

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: Body;
  readonly headers?: Readonly<Record<string, string>>;
  /** It must not be sent twice. @defaultValue true for all but GET */
  readonly once?: boolean;
}
