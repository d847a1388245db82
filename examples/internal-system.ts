/**
 * An internal system that keeps versions itself: a store of documents with an HTTP API, one record per order under the order's
 * number, and a compare-and-set (`If-Match`). An ERP is better served by an order sink: see order-sink.ts.
 * Run it with INTERNAL_SYSTEM=./examples/internal-system.ts, ERP_URL and ERP_TOKEN.
 *
 * The daemon delivers at least once, in any order, from several machines. So each write reads first, keeps a newer record, and
 * succeeds only if no one wrote in between: whatever is repeated or interleaved, the newest version wins.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
// In a project of your own: from 'order-sync'.
import {
  ConfigError,
  compareVersions,
  type InternalSystemFactory,
  orderSchema,
  type Snapshot,
  SyncError,
  type WriteResult,
} from '../src/index.ts';

/** The version that we store with each record; `picking` is the store's own and never written. */
const version = z.object({
  updatedAt: z.string(),
  status: orderSchema.shape.status,
  fetchedAt: z.string(),
  hash: z.string(),
});
const record = z.object({ version, picking: z.boolean() });

const createStore: InternalSystemFactory = ({ shop, env: { ERP_URL: url, ERP_TOKEN: token = '' } }) => {
  if (url === undefined) throw new ConfigError(['ERP_URL: expected the address of the store, found nothing.']);

  async function request(signal: AbortSignal, method: string, path: string, headers = {}, body?: string) {
    const authorization = `Bearer ${token}`;
    const options = { method, headers: { authorization, 'content-type': 'application/json', ...headers }, signal };
    const response = await fetch(`${url}/shops/${encodeURIComponent(shop)}${path}`, {
      ...options,
      body: body ?? null,
      redirect: 'error',
    }).catch((cause) => {
      throw new SyncError('internal_system_unavailable', 'The store cannot be reached.', { cause });
    });
    const { status } = response;
    const found = `The store answered HTTP ${status}`;
    if ([401, 403].includes(status)) throw new SyncError('internal_system_refused_credentials', `${found}.`);
    if ([429, 503].includes(status)) throw new SyncError('internal_system_unavailable', `${found}.`);
    if ([400, 422].includes(status)) throw new SyncError('write_rejected', `${found}: it rejects this order.`);
    // 412: another daemon was faster. The next attempt sees what it wrote.
    if (status >= 300 && !(status === 404 && method === 'GET')) throw new SyncError('write_failed', `${found}.`);
    return { status, etag: response.headers.get('etag') ?? '', text: await response.text() };
  }

  async function write({ order, fetchedAt, seen, force, again }: Snapshot, signal: AbortSignal): Promise<WriteResult> {
    const path = `/orders/${encodeURIComponent(order.orderNumber)}`;
    const hash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
    const version = { updatedAt: order.updatedAt, status: order.status, fetchedAt: fetchedAt.toISOString(), hash };
    const reply = await request(signal, 'GET', path);
    const stored = reply.status === 404 ? undefined : record.parse(JSON.parse(reply.text));
    if (stored?.version.hash === hash) return { outcome: 'unchanged', conflict: false };
    // Somebody has removed it.
    if (stored === undefined && again) return { outcome: 'stale', conflict: false };
    const isForced = force === true && seen === reply.etag;
    if (stored !== undefined && compareVersions(version, stored.version) < 0 && !isForced)
      return { outcome: 'stale', conflict: false, stored: reply.etag };
    const onlyIf = stored === undefined ? { 'if-none-match': '*' } : { 'if-match': reply.etag };
    await request(signal, 'PUT', path, onlyIf, JSON.stringify({ version, order }));
    const isCancelledNow = order.status === 'cancelled' && stored?.version.status !== 'cancelled';
    return { outcome: 'synced', conflict: isCancelledNow && stored?.picking === true };
  }

  async function check(): Promise<void> {
    const { status } = await request(AbortSignal.timeout(10_000), 'GET', '');
    if (status === 404) throw new ConfigError(['ERP_URL: the store answers, but has no such shop.']);
  }

  return {
    open: check,
    check,
    maxBatch: 10,
    /** One after another: a batch may hold two versions of one order. Each is done as soon as it is written. */
    async writeOrders(snapshots, { signal, report }) {
      const results: WriteResult[] = [];
      for (const [index, snapshot] of snapshots.entries()) {
        const result = await write(snapshot, signal);
        report(index, result);
        results.push(result);
      }
      return results;
    },
  };
};
export default createStore;
