import { expect, test } from 'vitest';
import type { Incident } from '../../../src/alerts/watch/happening.ts';
import { ScanWatch } from '../../../src/alerts/watch/scan-watch.ts';
import { SyncError } from '../../../src/errors.ts';
import type { ReconciliationStore } from '../../../src/internal-system/reconciliation-store.ts';
import type { EndedScan } from '../../../src/reconcile/periodic.ts';
import type { Finding, ReportSummary } from '../../../src/reconcile/report.ts';

function aWatch() {
  const told: Incident[] = [];
  return { told, watch: new ScanWatch((incident) => void told.push(incident)) };
}

function aFinding(orderNumber: string, problem: Finding['problem'], event: Finding['event'] = 'published'): Finding {
  return { orderNumber, status: 'paid', updatedAt: null, problem, event };
}

function aScan(findings: readonly Finding[], counts: Partial<ReportSummary> = {}): EndedScan {
  const summary = { found: 0, newer: 0, unreadable: 0, ...counts } as ReportSummary;
  return { scan: 'changes', summary, findings, error: undefined };
}

test('counts what was published, and not what is known to be retrying or a dead letter', () => {
  const { told, watch } = aWatch();
  watch.ended(aScan([aFinding('2', 'older', 'dead-lettered'), aFinding('1', 'missing')], { found: 1, known: 1 }));
  watch.flush();
  expect(told).toEqual([{ kind: 'orders_missed', count: 1, orders: ['1'] }]);
});

test('of a thousand, the first ten are named', () => {
  const { told, watch } = aWatch();
  const findings = Array.from({ length: 100 }, (_, index) => aFinding(`N${index}`, 'missing'));
  watch.ended(aScan(findings, { found: 1_000 }));
  watch.flush();
  expect(told).toMatchObject([{ count: 1_000, orders: findings.slice(0, 10).map(({ orderNumber }) => orderNumber) }]);
});

test('what each scan finds again is told once, and again when it is others', () => {
  const { told, watch } = aWatch();
  const newer = aFinding('1', 'newer', 'not-published');
  for (let scan = 0; scan < 3; scan += 1) watch.ended(aScan([newer], { newer: 1 }));
  expect(told).toEqual([
    { kind: 'orders_differ', newer: { count: 1, orders: ['1'] }, unreadable: { count: 0, orders: [] } },
  ]);
  watch.ended(aScan([newer, aFinding('2', 'unreadable', 'not-published')], { newer: 1, unreadable: 1 }));
  expect(told).toHaveLength(2);
  watch.ended(aScan([]));
  watch.ended(aScan([newer], { newer: 1 }));
  expect(told).toHaveLength(3);
});

test('a scan that fails is present from its first failure on, until one succeeds here or in another daemon', async () => {
  const { watch } = aWatch();
  const error = new SyncError('shop_error', 'The list answered HTTP 500.');
  const before = Date.now();
  watch.ended({ scan: 'changes', findings: [], error });
  const [first] = await watch.present(undefined);
  expect(first).toMatchObject({
    trouble: { kind: 'reconciliation_fails', scan: 'changes', detail: 'shop_error: The list answered HTTP 500.' },
  });
  expect(first?.since).toBeGreaterThanOrEqual(before);
  watch.ended({ scan: 'changes', findings: [], error });
  expect(await watch.present(undefined)).toEqual([first]);
  expect(watch.hasSucceeded).toBe(false);

  const elsewhere =
    (startedAt: number): ReconciliationStore['readScan'] =>
    async () => {
      const lastRun = { startedAt: new Date(startedAt).toISOString(), error: null };
      return { cursor: null, newestListed: null, begunAt: null, lastRun } as unknown as Awaited<
        ReturnType<ReconciliationStore['readScan']>
      >;
    };
  expect(await watch.present(elsewhere(before - 1))).toHaveLength(1);
  expect(await watch.present(elsewhere(Date.now() + 1))).toEqual([]);

  watch.ended({ scan: 'changes', findings: [], error });
  watch.ended(aScan([]));
  expect(await watch.present(undefined)).toEqual([]);
  expect(watch.hasSucceeded).toBe(true);
});
