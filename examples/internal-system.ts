/**
 * An internal system that is an ERP with an HTTP API: one record per order, under the order's number.
 * Run it with INTERNAL_SYSTEM=./examples/internal-system.ts, ERP_URL and ERP_TOKEN.
 *
 * The daemon delivers at least once, in any order, from several machines. So each write reads first, keeps a newer record, and
 * succeeds only if no one wrote in between (`If-Match`): whatever is repeated or interleaved, the newest version wins.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
// In a project of your own: from 'order-sync'.
import {
  ConfigError,
  compareVersions,
  type InternalSystem,
  type InternalSystemFactory,
  orderSchema,
  type Snapshot,
  SyncError,
  type WriteResult,
} from '../src/index.ts';

const createErp: InternalSystemFactory = ({ shop, env: { ERP_URL: url, ERP_TOKEN: token = '' } }) => {
  if (url === undefined) throw new ConfigError(['ERP_URL: expected the address of the ERP, found nothing.']);
  return new HttpErp(`${url}/shops/${encodeURIComponent(shop)}`, token);
};
export default createErp;

/** The version that we store with each record; `picking` is the ERP's own and never written. */
const record = z.object({
  version: z.object({
    updatedAt: z.string(),
    status: orderSchema.shape.status,
    fetchedAt: z.string(),
    hash: z.string(),
  }),
  picking: z.boolean(),
});

class HttpErp implements InternalSystem {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  async open(): Promise<void> {
    await this.check();
  }

  async check(): Promise<void> {
    const { status } = await this.#request('GET', '');
    if (status === 404) throw new ConfigError(['ERP_URL: the ERP answers, but has no such shop.']);
  }

  /** One after another: a batch may hold two versions of one order. If one fails, repeating the others does no harm. */
  async writeOrders(snapshots: readonly Snapshot[]): Promise<WriteResult[]> {
    const results: WriteResult[] = [];
    for (const snapshot of snapshots) results.push(await this.#write(snapshot));
    return results;
  }

  async #write({ order, fetchedAt, seen, force }: Snapshot): Promise<WriteResult> {
    const path = `/orders/${encodeURIComponent(order.orderNumber)}`;
    const hash = createHash('sha256').update(JSON.stringify(order)).digest('hex');
    const version = { updatedAt: order.updatedAt, status: order.status, fetchedAt: fetchedAt.toISOString(), hash };
    const reply = await this.#request('GET', path);
    const stored = reply.status === 404 ? undefined : record.parse(JSON.parse(reply.text));
    if (stored?.version.hash === hash) return { outcome: 'unchanged', conflict: false };
    const isForced = force === true && seen === reply.etag;
    if (stored !== undefined && compareVersions(version, stored.version) < 0 && !isForced)
      return { outcome: 'stale', conflict: false, stored: reply.etag };
    const onlyIf = stored === undefined ? { 'if-none-match': '*' } : { 'if-match': reply.etag };
    await this.#request('PUT', path, onlyIf, JSON.stringify({ version, order }));
    const isCancelledNow =
      order.status === 'cancelled' && stored !== undefined && stored.version.status !== 'cancelled';
    return { outcome: 'synced', conflict: isCancelledNow && stored.picking };
  }

  async #request(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Reply> {
    const { status, etag, text } = await send(this.#url + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      body: body ?? null,
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    if (status < 300 || (status === 404 && method === 'GET')) return { status, etag, text };
    const found = `The ERP answered HTTP ${status}`;
    if ([401, 403, 429, 503].includes(status)) throw new SyncError('internal_system_unavailable', `${found}.`);
    if ([400, 422].includes(status)) throw new SyncError('write_rejected', `${found}: it rejects this order.`);
    // 412: another daemon was faster. The next attempt sees what it wrote.
    throw new SyncError('write_failed', `${found}.`);
  }
}

interface Reply {
  readonly status: number;
  readonly etag: string;
  readonly text: string;
}

async function send(url: string, request: RequestInit): Promise<Reply> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, etag: response.headers.get('etag') ?? '', text: await response.text() };
  } catch (cause) {
    throw new SyncError('internal_system_unavailable', 'The ERP cannot be reached.', { cause });
  }
}
