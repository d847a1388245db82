import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { readPeople } from '../../../../src/config/people.ts';
import { plain } from '../../../../src/http/reply.ts';
import type { Access } from '../../../../src/ops/http/access.ts';
import { type OpsServerOptions, startOpsServer } from '../../../../src/ops/ops-server.ts';
import type { PeopleFile } from '../../dashboard/helpers/people.ts';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
  readonly address: unknown;
}

/** Headers as pairs, so that one may come twice. */
export type Headers = readonly (readonly [string, string])[];

/** A server with a route for each role that says who asks. */
export async function aServer(options: Partial<OpsServerOptions>) {
  const notes: string[] = [];
  let access: Access | undefined;
  const server = await startOpsServer({
    host: '127.0.0.1',
    port: 0,
    health: () => ({ live: true, ready: true, reason: '', since: '' }) as never,
    metrics: { contentType: 'text/plain', render: async () => '' },
    notePeople: (level, message) => void notes.push(`${level} ${message}`),
    routes: (given) => {
      access = given;
      return (['viewer', 'operator'] as const).flatMap((role) =>
        (['GET', 'POST'] as const).map((method) => ({
          method,
          path: `/${role}`,
          for: role,
          answer: ({ who, address }: { who: unknown; address: string }) =>
            plain(200, JSON.stringify(who), { 'x-address': address }),
        })),
      );
    },
    ...options,
  });
  onTestFinished(() => server.close());
  const ask = async (path: string, headers: Headers | Record<string, string> = [], method = 'GET'): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const pairs = Array.isArray(headers) ? headers : Object.entries(headers);
    const all = [['host', `127.0.0.1:${server.port}`], ...pairs].flat() as string[];
    request({ host: '127.0.0.1', port: server.port, path, method, headers: all, agent: false }, (response) => {
      text(response).then(
        (body) => resolve({ status: response.statusCode, body: body.trim(), address: response.headers['x-address'] }),
        reject,
      );
    })
      .on('error', reject)
      .end();
    return await promise;
  };
  const signedIn = (token: string) => {
    const signed = access?.signIn(token, '127.0.0.1', false);
    return signed === undefined || signed === 'throttled' ? '' : (signed.cookie.split(';')[0] ?? '');
  };
  return { ask, signedIn, notes, access: () => access };
}

export function opened(file: PeopleFile) {
  return { path: file.path, people: readPeople(file.path, []) ?? [] };
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
