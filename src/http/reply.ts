import type { ServerResponse } from 'node:http';

/** The answer to a request. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that stays open: `open` writes to the response and ends it. */
export interface StreamReply {
  readonly open: (response: ServerResponse) => void;
}

/** For every answer: no caching, no sniffing, no referrer, no use by other sites. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
};

export function plain(status: number, text: string, headers: Reply['headers'] = {}): Reply {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n`, headers };
}

export function json(value: unknown, status = 200, headers: Reply['headers'] = {}): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n`, headers };
}

export function send(response: ServerResponse, reply: Reply | StreamReply): void {
  if ('open' in reply) {
    reply.open(response);
    return;
  }
  response.writeHead(reply.status, { ...COMMON_HEADERS, 'content-type': reply.type, ...reply.headers });
  response.end(reply.body);
}
