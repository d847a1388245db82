import { createBrotliCompress, createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Fault, htmlFault } from '../../../demo/shop/faults.ts';
import { anOrder, anOrderDocument } from '../../helpers/order-builder.ts';
import { aClient, aRawServer, aShop, failureOf, fetchOne, httpReply, neverAborted } from './shops.ts';

const ORDER = anOrderDocument({ orderNumber: 'SO-1' });
const TEXT = JSON.stringify(ORDER);

function reply(body: string | Uint8Array, headers: Record<string, string> = {}): Fault {
  return { kind: 'reply', status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
}

async function failureFor(fault: Fault) {
  const { client, shop } = await aShop({ orders: [ORDER], faults: () => fault });
  const error = await failureOf(client.fetchOrders(['SO-1'], neverAborted));
  expect(error).toMatchObject({ reason: 'shop_bad_reply', kind: 'transient' });
  expect(shop.requests, 'no second request once a reply has begun').toHaveLength(1);
  return error;
}

describe("a shop's reply", () => {
  it.each(['gzip', 'deflate', 'deflate-raw', 'br'] as const)('may be compressed: %s', async (encoding) => {
    const { client } = await aShop({ orders: [ORDER], faults: () => ({ kind: 'compressed', encoding }) });
    expect(await fetchOne(client, 'SO-1')).toEqual({ kind: 'order', order: anOrder(ORDER) });
  });

  it.each(['application/json', 'application/json;charset=UTF-8', 'Application/JSON', 'application/vnd.shop.v1+json'])(
    'may be %s',
    async (type) => {
      const { client } = await aShop({ faults: () => reply(TEXT, { 'content-type': type }) });
      expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
    },
  );

  it('may begin with a byte order mark', async () => {
    const { client } = await aShop({ faults: () => reply(`\uFEFF${TEXT}`) });
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
  });

  it('may arrive slowly, as long as it arrives in time', async () => {
    const { client } = await aShop({ orders: [ORDER], faults: () => ({ kind: 'slow-body', everyMs: 5, bytes: 50 }) });
    expect(await fetchOne(client, 'SO-1')).toMatchObject({ kind: 'order' });
  });

  it('may hold a __proto__ key, which changes nothing', async () => {
    const body = TEXT.replace('{', '{"__proto__":{"status":"cancelled","polluted":true},');
    const { client } = await aShop({ faults: () => reply(body) });
    const result = await fetchOne(client, 'SO-1');
    expect(result).toEqual({ kind: 'order', order: anOrder(ORDER) });
    expect(result.kind === 'order' && 'polluted' in result.order).toBe(false);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each<[string, Fault, string]>([
    ['HTML', htmlFault(), 'text/html'],
    ['without a type', reply(TEXT, { 'content-type': '' }), 'an unknown type'],
    ['of a strange type', reply(TEXT, { 'content-type': 'x y z' }), 'an unknown type'],
    ['broken JSON', reply(TEXT.slice(0, -20)), 'broken'],
    ['broken JSON around a name', reply(TEXT.replace('"王小明"', '王小明')), 'broken'],
    ['JSON and then some', reply(`${TEXT}王小明`), 'broken'],
    ['empty', reply(''), 'broken'],
    ['not UTF-8', reply(Buffer.from(TEXT, 'utf16le')), 'not UTF-8'],
    ['GBK', reply(Buffer.from([0x22, 0xb6, 0xa9, 0x22])), 'not UTF-8'],
    ['declared as gzip, but is not', reply(TEXT, { 'content-encoding': 'gzip' }), 'compressed body is broken'],
    ['of an unknown encoding', reply(TEXT, { 'content-encoding': 'zstd' }), 'content encoding'],
    ['encoded twice', reply(TEXT, { 'content-encoding': 'gzip, br' }), 'content encoding'],
    [
      '100,000 levels deep',
      reply(TEXT.replace('{', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)},`)),
      'nested more than 64 levels deep',
    ],
    ['cut off', { kind: 'truncate' }, 'before the reply was complete'],
  ])('that is %s is a failed attempt', async (_, fault, expected) => {
    expect((await failureFor(fault)).message).toContain(expected);
  });

  it('that is cut in the middle of its gzip is a failed attempt', async () => {
    const half = gzipSync(TEXT).subarray(0, 100);
    expect((await failureFor(reply(half, { 'content-encoding': 'gzip' }))).message).toContain('cut off');
  });

  it('that is not HTTP is a failed attempt', async () => {
    const server = await aRawServer((socket) => socket.end('SSH-2.0-王小明\r\n'));
    const error = await failureOf(aClient(server.url).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('not valid HTTP') });
  });
});

describe('a reply that is too large', () => {
  const MAX = 1024 * 1024;

  it('may be as large as allowed', async () => {
    const text = TEXT.replace('{', `{"x":"${'x'.repeat(MAX - Buffer.byteLength(TEXT) - 7)}",`);
    expect(Buffer.byteLength(text)).toBe(MAX);
    const { shop } = await aShop({ faults: () => reply(text) });
    expect(await fetchOne(aClient(shop.url, { maxResponseBytes: MAX }), 'SO-1')).toMatchObject({ kind: 'order' });
    const error = await failureOf(aClient(shop.url, { maxResponseBytes: MAX - 1 }).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('larger than') });
  });

  it('is not read to its end, even when its length was not declared', async () => {
    let written = 0;
    const server = await aRawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n');
      const more = () => {
        written += 65536;
        if (!socket.destroyed) socket.write(`10000\r\n${' '.repeat(65536)}\r\n`, more);
      };
      more();
    });
    const error = await failureOf(aClient(server.url, { maxResponseBytes: MAX }).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_bad_reply', message: expect.stringContaining('larger than') });
    await expect.poll(() => server.sockets.every((socket) => socket.destroyed)).toBe(true);
    expect(written).toBeLessThan(100 * MAX);
  });

  it.each([
    ['gzip', createGzip],
    ['br', createBrotliCompress],
  ] as const)('is not decompressed to its end: a %s bomb of 300 MB', async (encoding, create) => {
    const bomb = await packed(create(), 300);
    expect(bomb.byteLength).toBeLessThan(MAX);
    const { shop } = await aShop({ faults: () => reply(bomb, { 'content-encoding': encoding }) });
    const client = aClient(shop.url, { maxResponseBytes: MAX });
    const before = process.resourceUsage().maxRSS;
    const error = await failureOf(client.fetchOrders(['SO-1'], neverAborted));
    expect(error.message).toContain(`larger than ${MAX} bytes when decompressed`);
    const grownByMb = (process.resourceUsage().maxRSS - before) / 1024;
    expect(grownByMb).toBeLessThan(100);
  });

  it('is cut off when it is an error page', async () => {
    const server = await aRawServer((socket) => {
      const body = ' '.repeat(200_000);
      socket.write(httpReply(body).replace('200 OK', '500 Oops'));
    });
    const error = await failureOf(aClient(server.url).fetchOrders(['SO-1'], neverAborted));
    expect(error).toMatchObject({ reason: 'shop_error', message: expect.stringContaining('HTTP 500') });
  });
});

/** That many megabytes of spaces, compressed without ever being in memory at once. */
async function packed(compressor: ReturnType<typeof createGzip | typeof createBrotliCompress>, megabytes: number) {
  const chunks: Buffer[] = [];
  compressor.on('data', (chunk: Buffer) => chunks.push(chunk));
  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  for (let written = 0; written < megabytes; written++) {
    await new Promise<void>((resolve) => compressor.write(megabyte, () => resolve()));
  }
  await new Promise<void>((resolve) => compressor.end(resolve).once('end', resolve));
  return Buffer.concat(chunks);
}
