import type { IncomingMessage } from 'node:http';
import { plain, type Reply, type StreamReply } from '../../http/reply.ts';
import { type Access, isSameOrigin, type Role, type Who } from './access.ts';

/** A path of the operations port, and its answer. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** May end in `*`, as in `/orders/*`: the rest of the path, without slashes, becomes the request's `rest`. */
  readonly path: string;
  /** The role it needs, if any. */
  readonly for: 'anybody' | Role;
  /** What a request costs of the budget. @defaultValue 1 */
  readonly cost?: number;
  readonly answer: (request: OpsRequest) => Reply | StreamReply | Promise<Reply | StreamReply>;
}

export interface OpsRequest {
  readonly message: IncomingMessage;
  /** What the `*` of the route's path matched, decoded; '' without one. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** Undefined on a route for anybody, like the role. */
  readonly who: Who | undefined;
  readonly role: Role | undefined;
  /** The client, for the log. */
  readonly address: string;
}

/** Finds the route, checks that the request may use it, and answers. */
export async function answerByRoute(
  routes: readonly Route[],
  access: Access,
  message: IncomingMessage,
): Promise<Reply | StreamReply> {
  if (!access.isExpectedHost(message.headers.host)) {
    return plain(421, `Expected a Host header that names this machine: localhost, or OPS_HOST (${access.host}).`);
  }
  const [path = '', query = ''] = (message.url ?? '').split(/\?(.*)/s);
  const here = routes.flatMap((route) => {
    const rest = restOf(path, route.path);
    return rest === undefined ? [] : [{ route, rest }];
  });
  const found = here.find(({ route }) => route.method === message.method);
  if (found === undefined && here.length > 0) {
    const allowed = [...new Set(here.map(({ route }) => route.method))].join(', ');
    return plain(405, `Only ${allowed}.`, { allow: allowed });
  }
  if (message.method === 'POST' && !isSameOrigin(message, access.isProxied(message))) {
    return plain(403, 'Refused: this request comes from another site, or does not name its origin.');
  }
  const address = access.addressOf(message);
  const needed = found?.route.for ?? 'viewer';
  const who = needed === 'anybody' ? undefined : access.whoIs(message);
  if (who === 'throttled') return throttled();
  if (needed !== 'anybody') {
    if (who === undefined) {
      return plain(401, 'Expected "Authorization: Bearer" with OPS_TOKEN, or with your own token.', {
        'www-authenticate': 'Bearer',
      });
    }
    if (needed === 'operator' && who.role !== 'operator') return plain(403, access.whyNotOperator(who));
  }
  if (found === undefined) return plain(404, `Not found. The paths are ${readable(routes)}.`);
  const request = { message, rest: found.rest, query: new URLSearchParams(query), address };
  return await found.route.answer({ ...request, who, role: who?.role });
}

export function throttled(): Reply {
  return plain(429, 'Too many wrong tokens from this address; wait a minute.', { 'retry-after': '60' });
}

function restOf(path: string, pattern: string): string | undefined {
  if (!pattern.endsWith('*')) return path === pattern ? '' : undefined;
  const prefix = pattern.slice(0, -1);
  const rest = path.slice(prefix.length);
  if (!path.startsWith(prefix) || rest === '' || rest.includes('/')) return undefined;
  try {
    return decodeURIComponent(rest);
  } catch {
    return undefined;
  }
}

function readable(routes: readonly Route[]): string {
  const paths = routes.filter(({ method, path }) => method === 'GET' && !/\.|\*/.test(path)).map(({ path }) => path);
  return new Intl.ListFormat('en').format(paths);
}
