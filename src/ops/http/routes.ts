import type { IncomingMessage } from 'node:http';
import { type Access, isSameOrigin, type Role } from './access.ts';
import { plain, type Reply, type StreamReply } from './reply.ts';

/** A page of the operations port. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** `/orders/*`: the rest of the path, without slashes, is the request's `rest`. */
  readonly path: string;
  /** Who may: anybody, who may look, or who may act as well. */
  readonly for: 'anybody' | Role;
  /** What a request takes of the budget: 1 unless it is given. */
  readonly cost?: number;
  readonly answer: (request: OpsRequest) => Reply | StreamReply | Promise<Reply | StreamReply>;
}

export interface OpsRequest {
  readonly message: IncomingMessage;
  /** What the `*` of the route's path stands for, decoded; '' without one. */
  readonly rest: string;
  readonly query: URLSearchParams;
  /** Undefined for somebody unknown, on a page for anybody. */
  readonly role: Role | undefined;
  /** Who asks, for the log. */
  readonly address: string;
}

/** Finds the route, sees that the request may have it, and answers. */
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
  if (message.method === 'POST' && !isSameOrigin(message)) {
    return plain(403, 'This came from another site, or does not say from where.');
  }
  const address = message.socket.remoteAddress ?? 'unknown';
  const needed = found?.route.for ?? 'viewer';
  const role = needed === 'anybody' ? undefined : access.roleOf(message);
  if (needed !== 'anybody') {
    if (role === 'throttled')
      return plain(429, 'Too many wrong tokens from there; wait a minute.', { 'retry-after': '60' });
    if (role === undefined) {
      return plain(401, 'Expected "Authorization: Bearer" with OPS_TOKEN.', { 'www-authenticate': 'Bearer' });
    }
    if (needed === 'operator' && role !== 'operator') return plain(403, access.whyNotOperator());
  }
  if (found === undefined) return plain(404, `There are ${readable(routes)}.`);
  const request = { message, rest: found.rest, query: new URLSearchParams(query), address };
  return await found.route.answer({ ...request, role: role === 'throttled' ? undefined : role });
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
