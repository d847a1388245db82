import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import type { OrderFilter, OrderRecord } from '../../../src/internal-system/ledger.ts';
import { OrderListApi } from '../../../src/ops/dashboard/api/order-list-api.ts';

function apiOf(internalSystem: Partial<InternalSystem>): OrderListApi {
  return new OrderListApi({
    internalSystem: internalSystem as InternalSystem,
    retryDelaysMs: [],
    reportsShipments: true,
  });
}

function aRecord(reference: string): OrderRecord {
  return {
    reference,
    orderNumber: null,
    shopOrderId: null,
    state: 'retrying',
    attempts: 1,
    lastEvent: 'paid',
    lastError: null,
    receivedAt: '2026-11-22T08:00:00.000Z',
    fetchedAt: null,
    syncedAt: null,
    notedAt: '2026-11-22T08:00:00.000Z',
    stored: null,
  };
}

const query = (text: string) => new URLSearchParams(text);

/** What a client of this file receives. */
async function downloadOf(open: (response: ServerResponse) => void): Promise<Response> {
  const server = createServer((_, response) => open(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

test('the filter of the address is the filter of the internal system', async () => {
  const asked: OrderFilter[] = [];
  const listOrders = async (filter: OrderFilter) => {
    asked.push(filter);
    return [];
  };
  const api = apiOf({ listOrders });
  await api.page(query('state=retrying&since=2026-11-22T00:00:00%2B08:00&until=2026-11-23T00:00:00Z&after=x&limit=10'));
  await api.page(query('conflicts=true&by=placed'));
  await api.page(query('mismatch=true&undelivered=true'));
  expect(asked).toEqual([
    {
      state: 'retrying',
      since: new Date('2026-11-21T16:00:00Z'),
      until: new Date('2026-11-23T00:00:00Z'),
      after: 'x',
      limit: 11,
    },
    { conflictsOnly: true, by: 'placed', limit: 51 },
    { mismatchOnly: true, undeliveredOnly: true, limit: 51 },
  ]);
});

test.each(['state=lost', 'since=yesterday', 'conflicts=yes', 'limit=0', 'limit=1000', 'stat=retrying', 'by=name'])(
  'a page of %s is refused: it is no filter',
  async (text) => {
    const api = apiOf({ listOrders: async () => [] });
    await expect(api.page(query(text))).rejects.toMatchObject({ reply: { status: 400 } });
  },
);

test.each(['zone=Atlantis', 'language=de', 'personal=1', 'after=x'])('a file of %s is refused', async (text) => {
  const api = apiOf({ listOrders: async () => [] });
  await expect(api.file(query(text), 'operator')).rejects.toMatchObject({ reply: { status: 400 } });
});

test('a viewer gets no file with personal data', async () => {
  const api = apiOf({ listOrders: async () => [] });
  await expect(api.file(query('personal=true'), 'viewer')).rejects.toMatchObject({ reply: { status: 403 } });
});

test('a module that cannot list says so, and one that cannot count is not counted', async () => {
  await expect(apiOf({}).page(query(''))).rejects.toMatchObject({ reply: { status: 501 } });
  const { counts } = await apiOf({}).counts();
  expect(new Set(Object.values(counts))).toEqual(new Set([null]));
});

test('what the ERP has not got is counted only where there is one', async () => {
  const countOrders = async () => 7;
  expect((await apiOf({ countOrders }).counts()).counts).toMatchObject({ undelivered: null, conflicts: 7 });
  const withErp = apiOf({ countOrders, delivery: {} as NonNullable<InternalSystem['delivery']> });
  expect((await withErp.counts()).counts).toMatchObject({ undelivered: 7 });
});

test('an internal system that is down is said before a file begins; one that fails later breaks the download off', async () => {
  const down = apiOf({ listOrders: () => Promise.reject(new Error('down')) });
  await expect(down.file(query(''), 'viewer')).rejects.toThrow('down');
  let calls = 0;
  const failing = apiOf({
    listOrders: async () => {
      calls += 1;
      if (calls > 1) throw new Error('down');
      return [];
    },
  });
  const response = await downloadOf((await failing.file(query(''), 'viewer')).open);
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
});

test('few files are written at once, and one that is done makes room', async () => {
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const listOrders = async ({ limit }: OrderFilter) => {
    if (limit > 1) await held;
    return [aRecord('10086')];
  };
  const api = apiOf({ listOrders });
  const begun = [await api.file(query(''), 'viewer'), await api.file(query(''), 'viewer')];
  const downloads = await Promise.all(begun.map(({ open }) => downloadOf(open)));
  await expect(api.file(query(''), 'viewer')).rejects.toMatchObject({ reply: { status: 503 } });
  go();
  for (const download of downloads) expect(await download.text()).toContain('"=""10086"""');
  await expect.poll(() => api.file(query(''), 'viewer').then(Boolean, () => false)).toBe(true);
});

test('who stops a download stops the reading', async () => {
  let calls = 0;
  const page = Array.from({ length: 501 }, (_, index) => ({
    ...aRecord(`${index}`),
    cursor: `${index}`,
    lastError: 'x'.repeat(500),
  }));
  const listOrders = async ({ limit }: OrderFilter) => {
    calls += 1;
    return page.slice(0, limit);
  };
  const response = await downloadOf((await apiOf({ listOrders }).file(query(''), 'viewer')).open);
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  let before: number;
  await expect
    .poll(async () => {
      before = calls;
      await new Promise((resolve) => setImmediate(resolve));
      return calls === before;
    })
    .toBe(true);
  expect(calls).toBeLessThan(150);
});
