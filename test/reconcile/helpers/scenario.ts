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

const NEVER_ABORTED = new AbortController().signal;

export const RETRY_DELAYS_MS = [5 * MINUTE];

export interface Scanned {
  readonly findings: readonly Finding[];
  readonly summary: ReportSummary;
  readonly error: unknown;
}

/** A shop, a test's internal system, and a reconciler between them that records what it publishes. */
export interface Scenario {
  readonly shop: DemoShop;
  readonly client: ShopClient;
  /** The same shop with its clock set differently. */
  shopAt(aheadMs: number): ShopClient;
  readonly system: SqlInternalSystem;
  /** Order numbers, in the order of publication. */
  readonly published: string[];
  /** The time this long ago, by the shop's clock. */
  ago(ms: number): string;
  /** Puts an order into the shop; its event never arrives. */
  placed(order: Partial<OrderDocument>): OrderDocument;
  /** Puts orders into the shop whose events arrive. */
  synced(...orders: Partial<OrderDocument>[]): Promise<void>;
  /** Puts an order into the internal system only. */
  store(order: Partial<OrderDocument>): Promise<void>;
  /** What the daemon does with an event: writes the shop's current order to the internal system. */
  sync(...orderNumbers: string[]): Promise<void>;
  reconciler(overrides?: Partial<ReconcilerOptions>): Reconciler;
  /** Runs a scan until it ends or fails. */
  scan(options?: Partial<ScanOptions> & { kind?: ScanKind; with?: Partial<ReconcilerOptions> }): Promise<Scanned>;
  /** Backdates the last scan by this much. */
  letTimePass(ms: number, kind?: ScanKind): Promise<void>;
  cursor(): Promise<string | null>;
}

export async function aScenario(
  system: SqlInternalSystem,
  options: DemoShopOptions & { readonly batchSize?: number; readonly dataAheadMs?: number } = {},
): Promise<Scenario> {
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

  const scenario: Scenario = {
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
      const snapshots = orders.map((order) => aSnapshot({ order: scenario.placed(order), fetchedAt: new Date() }));
      await system.writeOrders(snapshots);
    },
    async store(order) {
      await system.writeOrders([aSnapshot({ order, fetchedAt: new Date() })]);
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
      const result = await scenario
        .reconciler(overrides)
        .scan(kind, { signal: NEVER_ABORTED, onFinding, ...scanOptions });
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
  return scenario;
}

async function* none(): AsyncGenerator<never> {}

export function numbersOf(findings: readonly Finding[]): string[] {
  return findings.map(({ orderNumber }) => orderNumber).sort();
}
