import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import createErp from '../../examples/internal-system.ts';
import { listening } from '../helpers/network/listening.ts';
import { aSnapshot } from '../helpers/order-builder.ts';
import { aCall } from '../helpers/write-call.ts';

interface ErpRecord {
  etag: string;
  picking: boolean;
  order: { status: string; totals: { grand: string } };
}

/** An ERP that keeps records by path, with If-Match and If-None-Match. */
async function anErp() {
  const records = new Map<string, ErpRecord>();
  const writes: string[] = [];
  const hooks = { status: 0, beforeWrite: (_path: string) => {} };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = await text(request);
    if (hooks.status !== 0) return void response.writeHead(hooks.status).end();
    if (path === '/shops/main') return void response.writeHead(200).end('{}');
    if (request.method === 'PUT') hooks.beforeWrite(path);
    const stored = records.get(path);
    if (request.method === 'GET') {
      if (stored === undefined) return void response.writeHead(404).end('{"error":"no such order"}');
      return void response.writeHead(200, { etag: stored.etag }).end(JSON.stringify(stored));
    }
    const isFree = request.headers['if-none-match'] === '*' && stored === undefined;
    if (!isFree && request.headers['if-match'] !== stored?.etag) return void response.writeHead(412).end();
    writes.push(path);
    records.set(path, { picking: stored?.picking ?? false, ...JSON.parse(body), etag: `"${writes.length}"` });
    response.writeHead(204).end();
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  const url = await listening(server);
  const env = { ERP_URL: url, ERP_TOKEN: 'token' };
  return { erp: await createErp({ shop: 'main', env }), records, writes, hooks };
}

const NUMBER = 'SO-1';
const PATH = '/shops/main/orders/SO-1';
const paid = aSnapshot({ order: { orderNumber: NUMBER, updatedAt: '2026-11-22T08:00:05Z' } });
const cancelled = aSnapshot({
  order: {
    orderNumber: NUMBER,
    status: 'cancelled',
    updatedAt: '2026-11-22T09:00:00Z',
    cancelledAt: '2026-11-22T09:00:00Z',
  },
});
const SYNCED = { outcome: 'synced', conflict: false };
const STALE = { outcome: 'stale', conflict: false };

describe('examples/internal-system.ts', () => {
  it('writes an order once, however often it is delivered', async () => {
    const { erp, records, writes } = await anErp();
    await erp.open();
    expect(await erp.writeOrders([paid], aCall())).toEqual([SYNCED]);
    expect(await erp.writeOrders([paid, paid], aCall())).toEqual(
      Array(2).fill({ outcome: 'unchanged', conflict: false }),
    );
    expect(writes).toEqual([PATH]);
    expect(records.get(PATH)?.order).toMatchObject({ status: 'paid', totals: { grand: '129.40' } });
  });

  it('never goes back in time, within a batch or after it', async () => {
    const { erp, records } = await anErp();
    expect(await erp.writeOrders([cancelled, paid], aCall())).toMatchObject([SYNCED, STALE]);
    expect(await erp.writeOrders([paid], aCall())).toMatchObject([STALE]);
    expect(records.get(PATH)?.order.status).toBe('cancelled');
  });

  it('goes back if a person forces it, in place of the version they saw and of no other', async () => {
    const { erp, records } = await anErp();
    const [, stale] = await erp.writeOrders([cancelled, paid], aCall());
    expect(stale?.stored).toBeTruthy();
    const forced = { ...paid, force: true };
    expect(await erp.writeOrders([forced, { ...forced, seen: 'another' }], aCall())).toMatchObject([STALE, STALE]);
    expect(await erp.writeOrders([{ ...forced, seen: stale?.stored }], aCall())).toEqual([SYNCED]);
    expect(records.get(PATH)?.order.status).toBe('paid');
  });

  it('reports a conflict once when an order is cancelled while being picked', async () => {
    const { erp, records } = await anErp();
    await erp.writeOrders([paid], aCall());
    const record = records.get(PATH);
    if (record !== undefined) record.picking = true;
    expect(await erp.writeOrders([cancelled], aCall())).toEqual([{ outcome: 'synced', conflict: true }]);
    expect(await erp.writeOrders([cancelled], aCall())).toEqual([{ outcome: 'unchanged', conflict: false }]);
    expect(records.get(PATH)?.picking).toBe(true);
  });

  it('does not overwrite what another daemon wrote in between, and converges at the next attempt', async () => {
    const { erp, records, hooks } = await anErp();
    const other = await anErp();
    await other.erp.writeOrders([cancelled], aCall());
    const theirs = other.records.get(PATH);
    hooks.beforeWrite = (path) => theirs !== undefined && records.set(path, theirs);
    await expect(erp.writeOrders([paid], aCall())).rejects.toMatchObject({ reason: 'write_failed' });
    expect(records.get(PATH)?.order.status).toBe('cancelled');
    expect(await erp.writeOrders([paid], aCall())).toMatchObject([STALE]);
  });

  it.each([
    [400, 'write_rejected'],
    [422, 'write_rejected'],
    [500, 'write_failed'],
    [401, 'internal_system_refused_credentials'],
    [503, 'internal_system_unavailable'],
  ])('treats HTTP %i as %s', async (status, reason) => {
    const { erp, hooks } = await anErp();
    hooks.status = status;
    await expect(erp.writeOrders([paid], aCall())).rejects.toMatchObject({ reason });
  });

  it('reports when it is down, when the shop is unknown, and what is not configured', async () => {
    const { erp, hooks } = await anErp();
    hooks.status = 404;
    await expect(erp.open()).rejects.toThrow('has no such shop');
    const gone = await createErp({ shop: 'main', env: { ERP_URL: 'http://erp.invalid' } });
    await expect(gone.writeOrders([paid], aCall())).rejects.toMatchObject({ reason: 'internal_system_unavailable' });
    expect(() => createErp({ shop: 'main', env: {} })).toThrow('ERP_URL');
  });
});
