import { SyncError } from '../errors.ts';
import type { HttpMethod, HttpRequest } from './exchange.ts';

export type QueryValue = string | number | boolean | undefined | readonly (string | number)[];
export type Query = Readonly<Record<string, QueryValue>>;

/** A request before it is sent: credentials may be added to its query, its headers or its form. */
export interface ApiRequest {
  readonly method: HttpMethod;
  /** With everything below the origin, still without the query. */
  readonly url: URL;
  readonly query: readonly Pair[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly json: unknown } | { readonly form: readonly Pair[] };
  /** It changes something, and must not be sent twice. @defaultValue false */
  readonly once?: boolean;
}

export type Pair = readonly [name: string, value: string];

/** A path whose values are encoded: path`/orders/${reference}`. */
export function path(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  return String.raw({ raw: texts }, ...values.map((value) => encodeURIComponent(value)));
}

/** A list becomes several parameters of one name; undefined becomes none. */
export function pairsOf(query: Query): Pair[] {
  return Object.entries(query).flatMap(([name, value]): Pair[] => {
    if (value === undefined) return [];
    return (typeof value === 'object' ? value : [value]).map((each): Pair => [name, String(each)]);
  });
}

/**
 * The address of a path below the base. Values come from outside, and encoding alone lets ".." through: so parsing must not
 * change the path.
 *
 * @throws SyncError `malformed_event` when it would lead elsewhere
 */
export function below(base: URL, path: string): URL {
  const prefix = base.pathname.replace(/\/+$/, '');
  const text = base.origin + (prefix + path || '/');
  const url = URL.parse(text);
  if (url?.origin !== base.origin || url.href !== text || !/^(?:\/(?!\/)[^?#]*)?$/.test(path)) {
    throw new SyncError('malformed_event', `The address of this request would leave ${base.origin}${prefix}/.`);
  }
  return url;
}

/** RFC 3986: what `encodeURIComponent` leaves is encoded too. It is what signatures are computed over. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

export function toHttpRequest({ method, url, query, headers, body, once = false }: ApiRequest): HttpRequest {
  const search = query.length === 0 ? '' : `?${encoded(query)}`;
  const head = { method, path: url.pathname + search, keepsErrors: true, once };
  if (body === undefined) return { ...head, headers };
  const [type, text] =
    'json' in body
      ? ['application/json', JSON.stringify(body.json)]
      : ['application/x-www-form-urlencoded', encoded(body.form)];
  return { ...head, headers: { ...headers, 'content-type': type }, body: text };
}

function encoded(pairs: readonly Pair[]): string {
  return pairs.map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`).join('&');
}
