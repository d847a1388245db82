import { onTestFinished } from 'vitest';
import type { DemoShop, DemoShopOptions } from '../../../demo/demo-shop.ts';
import type { ScanKind } from '../../../src/internal-system/reconciliation-store.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { Reconciler, type ReconcilerOptions, type ScanOptions } from '../../../src/reconcile/reconciler.ts';
import type { Finding, ReportSummary } from '../../../src/reconcile/report.ts';
import { REST_SHOP_DEFAULTS } from '../../../src/shop/rest/options.ts';
import { createRestShop } from '../../../src/shop/rest/rest-shop.ts';
import type { ShopClient } from '../../../src/shop/shop-client.ts';
import { anOrderDocument, aSnapshot, type OrderDocument } from '../../helpers/order-builder.ts';
import { aShop } from '../../helpers/shop.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Never aborted. */
const PATIENT = new AbortController().signal;

export const RETRY_DELAYS_MS = [5 * MINUTE];

export interface Scanned {
  readonly findings: readonly Finding[];
  readonly summary: ReportSummary;
  readonly error: unknown;
}

/** A shop, the internal system of a test, and a reconciler between them that notes what it publishes. */
export interface Field {
  readonly shop: DemoShop;
  readonly client: ShopClient;
  /** The same shop, whose clock says another time. */
  shopAt(aheadMs: number): ShopClient;
  readonly system: SqlInternalSystem;
  /** Order numbers, in the order in which events were published. */
  readonly published: string[];
  /** By the shop's clock: so long ago. */
  ago(ms: number): string;
  /** An order in the shop; its event never came. */
  placed(order: Partial<OrderDocument>): OrderDocument;
  /** An order in the shop whose event came. */
  synced(...orders: Partial<OrderDocument>[]): Promise<void>;
  /** What the daemon would do with an event: brings the order as the shop has it now into the internal system. */
  sync(...orderNumbers: string[]): Promise<void>;
  reconciler(overrides?: Partial<ReconcilerOptions>): Reconciler;
  /** A scan to its end, unless it breaks off. */
  scan(options?: Partial<ScanOptions> & { kind?: ScanKind; with?: Partial<ReconcilerOptions> }): Promise<Scanned>;
  /** Lets the last scan have been so long ago. */
  letTimePass(ms: number, kind?: ScanKind): Promise<void>;
  cursor(): Promise<string | null>;
}

export async function aField(
  system: SqlInternalSystem,
  options: DemoShopOptions & { readonly batchSize?: number; readonly dataAheadMs?: number } = {},
): Promise<Field> {
  const { batchSize = 50, dataAheadMs = options.clockAheadMs ?? 0, ...shopOptions } = options;
  const shop = await aShop(shopOptions);
  const client = createRestShop({
    ...REST_SHOP_DEFAULTS,
    baseUrl: shop.url,
    token: shop.token,
    batchSize,
    concurrency: 8,
  });
  onTestFinished(() => client.close?.());
  const published: string[] = [];
  const ago = (ms: number) => new Date(Date.now() + dataAheadMs - ms).toISOString();

  const field: Field = {
    shop,
    client,
    system,
    published,
    ago,
    shopAt: (aheadMs) => ({
      fetchOrders: (references, signal) => client.fetchOrders(references, signal),
      listUpdatedSince: (since, signal) => client.listUpdatedSince?.(since, signal) ?? none(),
      listPlacedSince: (since, signal) => client.listPlacedSince?.(since, signal) ?? none(),
      now: async () => new Date(Date.now() + aheadMs),
    }),
    placed(order) {
      const updatedAt = order.updatedAt ?? ago(HOUR);
      const document = anOrderDocument({ placedAt: updatedAt, ...order, updatedAt });
      shop.put(document);
      return document;
    },
    async synced(...orders) {
      const snapshots = orders.map((order) => aSnapshot({ order: field.placed(order), fetchedAt: new Date() }));
      await system.writeOrders(snapshots);
    },
    async sync(...orderNumbers) {
      const orders = orderNumbers.map((orderNumber) => shop.get(orderNumber) ?? { orderNumber });
      const snapshots = orders.map((order) => aSnapshot({ order, fetchedAt: new Date() }));
      const results = await system.writeOrders(snapshots);
      // What was seen before the fetch counts as older.
      await system.writeOrders(snapshots.map((snapshot, index) => ({ ...snapshot, seen: results[index]?.stored })));
    },
    reconciler: (overrides = {}) =>
      new Reconciler({
        shop: client,
        internalSystem: system,
        retryDelaysMs: RETRY_DELAYS_MS,
        publish: async (orderNumber) => void published.push(orderNumber),
        ...overrides,
      }),
    async scan({ kind = 'changes', with: overrides, ...scanOptions } = {}) {
      const findings: Finding[] = [];
      const onFinding = async (finding: Finding) => void findings.push(finding);
      const result = await field.reconciler(overrides).scan(kind, { signal: PATIENT, onFinding, ...scanOptions });
      if (result.kind !== 'scanned') throw new Error(`expected a scan, found ${result.kind}`);
      return { findings, summary: result.report.summary(), error: result.error };
    },
    async letTimePass(ms, kind = 'changes') {
      const store = system.reconciliation;
      const taken = await store.takeLease(kind, 'test', MINUTE);
      const { begunAt, lastRun } = taken?.state ?? {};
      if (begunAt == null || lastRun == null) throw new Error('expected a scan that has ended');
      const back = (time: string) => new Date(Date.parse(time) - ms).toISOString();
      const run = { ...lastRun, startedAt: back(lastRun.startedAt), finishedAt: back(lastRun.finishedAt) };
      await store.saveScan(kind, 'test', MINUTE, { begunAt: back(begunAt), lastRun: run });
      await store.releaseLease(kind, 'test');
    },
    cursor: async () => (await system.reconciliation.readScan('changes')).cursor,
  };
  return field;
}

async function* none(): AsyncGenerator<never> {}

export function numbersOf(findings: readonly Finding[]): string[] {
  return findings.map(({ orderNumber }) => orderNumber).sort();
}
