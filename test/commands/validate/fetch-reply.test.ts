import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchReply } from '../../../src/commands/validate/fetch-reply.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ORDER = JSON.stringify(anOrderDocument({ orderNumber: '10086' }));

const PROJECT = process.cwd();

/** Neither the settings of whoever runs this, nor those of the `.env` that a newcomer has made here. */
beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), 'order-sync-fetch-')));
  for (const name of Object.keys(process.env)) if (name.startsWith('SHOP_')) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  const folder = process.cwd();
  process.chdir(PROJECT);
  rmSync(folder, { recursive: true });
});

/** A server with one answer. */
async function aServer(status: number, headers: OutgoingHttpHeaders, body: string | Uint8Array = '') {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}

describe('a reply that is fetched', () => {
  it('sends the credentials under SHOP_BASE_URL, and nowhere else', async () => {
    const { url, requests } = await aServer(200, JSON_TYPE, ORDER);
    const other = await aServer(200, JSON_TYPE, ORDER);
    vi.stubEnv('SHOP_BASE_URL', `${url}/api`);
    vi.stubEnv('SHOP_TOKEN', 'secret');
    const own = ['/api/orders/10086', '/apis/1', '/api/../x', '/api/%2e%2e/x'].map((path) => `${url}${path}`);
    for (const address of [...own, `${other.url}/api/1`]) {
      expect(await fetchReply(new URL(address))).toMatchObject({ json: JSON.parse(ORDER), problems: [] });
    }
    expect(requests.map(({ authorization }) => authorization)).toEqual([
      'Bearer secret',
      undefined,
      undefined,
      undefined,
    ]);
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined]);
  });

  it.each<[string, number, OutgoingHttpHeaders, string | Uint8Array, RegExp]>([
    [
      'a redirect',
      302,
      { location: '/login?next=secret' },
      '',
      /HTTP 302: it redirects to http:\/\/127[^ ]+\/login\. order-sync follows no/,
    ],
    ['refused credentials', 401, {}, '', /HTTP 401: it was asked without credentials, as SHOP_BASE_URL is not set/],
    ['no such order', 404, JSON_TYPE, '{}', /HTTP 404: there is no such order/],
    ['a limit', 429, { 'retry-after': '7' }, '', /HTTP 429.*Retry-After: 7/],
    ['a fault', 500, {}, '', /HTTP 500, expected 200/],
    [
      'a web page',
      200,
      { 'content-type': 'text/html; charset=utf-8' },
      '<html>',
      /Content-Type is text\/html.*\n.*web page/,
    ],
    ['JSON that is called text', 200, { 'content-type': 'text/plain' }, ORDER, /Content-Type is text\/plain/],
    ['gzip that is not called so', 200, JSON_TYPE, gzipSync(ORDER), /send Content-Encoding: gzip/],
  ])('says what %s means', async (_, status, headers, body, said) => {
    const { url, requests } = await aServer(status, headers, body);
    const { problems } = await fetchReply(new URL(`${url}/orders/1`));
    expect(problems.join('\n')).toMatch(said);
    expect(problems.join('\n')).not.toContain('secret');
    expect(requests).toHaveLength(1);
  });

  it('may be compressed, and may not come at all', async () => {
    const { url } = await aServer(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }, gzipSync(ORDER));
    expect(await fetchReply(new URL(url))).toEqual({ json: JSON.parse(ORDER), problems: [], notes: [] });
    await expect(fetchReply(new URL('http://127.0.0.1:1/orders/1'))).rejects.toMatchObject({
      status: 69,
      message: 'No reply from http://127.0.0.1:1: ECONNREFUSED.',
    });
  });
});
