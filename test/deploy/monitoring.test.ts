import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { metricsOfADaemon } from './metrics-of-a-daemon.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const ALERTS = path('../../deploy/alerts.yml');
const DASHBOARD = path('../../deploy/grafana-dashboard.json');
const DOCUMENT = path('../../docs/observability.md');

const dashboard = z
  .object({
    schemaVersion: z.number(),
    templating: z.object({
      list: z.array(z.object({ name: z.string(), type: z.string(), definition: z.string().optional() })),
    }),
    panels: z.array(
      z.object({
        id: z.number(),
        type: z.string(),
        title: z.string(),
        gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
        datasource: z.object({ type: z.string(), uid: z.string() }).optional(),
        targets: z.array(z.object({ refId: z.string(), expr: z.string() })).default([]),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(DASHBOARD, 'utf8')));
const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
const definitions = dashboard.templating.list.flatMap(({ definition }) => definition ?? []);
const alerts = readFileSync(ALERTS, 'utf8')
  .split('\n')
  .flatMap((line) => /^ +expr: (.*)$/.exec(line)?.[1] ?? []);

/** The metrics with their labels and values, as Prometheus sees them. */
let exposed: Map<string, Map<string, Set<string>>> = new Map();

test('a running daemon exposes the metrics that the tests below need', async () => {
  exposed = labelsByMetric(await metricsOfADaemon());
  expect(exposed.get('order_sync_queue_messages')?.get('queue')).toEqual(new Set(['main', 'retry', 'dead-letters']));
});

function labelsByMetric(text: string): Map<string, Map<string, Set<string>>> {
  const metrics = new Map<string, Map<string, Set<string>>>();
  for (const [, name = '', labels = ''] of text.matchAll(/^([a-z][a-z0-9_]*)(?:\{(.*?)\})? \S+$/gm)) {
    const known = metrics.get(name) ?? new Map<string, Set<string>>();
    metrics.set(name, known);
    for (const [, label = '', value = ''] of labels.matchAll(/(\w+)="(.*?)"/g)) {
      known.set(label, (known.get(label) ?? new Set()).add(value));
    }
  }
  return metrics;
}

const METRIC = /\b((?:order_sync|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g;

describe('the expressions of dashboard and alerts', () => {
  const asked = [...expressions, ...definitions, ...alerts];

  test('use metrics, labels and values that a running daemon exposes', () => {
    const missing = asked.flatMap((expr) =>
      [...expr.matchAll(METRIC)].flatMap(([, metric = '', selector = '']) => {
        const labels = exposed.get(metric);
        if (labels === undefined) return [metric];
        return [...selector.matchAll(/(\w+)(?:=|!=)"([^$"]*)"/g)]
          .filter(([, label = '', value = '']) => !labels.get(label)?.has(value))
          .map(([matcher]) => `${metric}{${matcher}}`);
      }),
    );
    expect(missing).toEqual([]);
    expect(asked.length).toBeGreaterThan(40);
  });

  test('group by labels that exist', () => {
    const known = new Set([...exposed.values()].flatMap((labels) => [...labels.keys()]));
    const grouped = asked.flatMap((expr) =>
      [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(',').map((label) => label.trim())),
    );
    expect(grouped.filter((label) => !known.has(label))).toEqual([]);
  });
});

describe('every metric of order-sync itself', () => {
  const ours = () => [...exposed.keys()].filter((name) => name.startsWith('order_sync_')).map(withoutSuffix);

  test('has a panel', () => {
    const shown = expressions.join('\n');
    expect(ours().filter((name) => !shown.includes(name))).toEqual([]);
  });

  test('is explained in docs/observability.md', () => {
    const document = readFileSync(DOCUMENT, 'utf8');
    expect(ours().filter((name) => !document.includes(`\`${name}`))).toEqual([]);
  });

  const withoutSuffix = (name: string) => name.replace(/_(?:bucket|sum|count)$/, '');
});

test('there are few labels, and none grows with the number of orders', () => {
  const series = [...exposed].filter(([name]) => name.startsWith('order_sync_')).flatMap(([, labels]) => [...labels]);
  expect(new Set(series.map(([label]) => label))).toEqual(
    new Set([
      'outcome',
      'reason',
      'status',
      'dependency',
      'pool',
      'queue',
      'scan',
      'result',
      'conflict',
      'target',
      'le',
    ]),
  );
  for (const [label, values] of series) expect(values.size, label).toBeLessThan(40);
});

describe('the dashboard', () => {
  test('works with Grafana 11 or newer, whatever the data source is called', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const { datasource } of panels) {
      expect(datasource?.type).toBe('prometheus');
      expect(datasource?.uid).toMatch(/^\$\{datasource\}$/);
    }
    expect(panels.filter(({ targets }) => targets.length === 0)).toEqual([]);
  });

  test('has no two panels with the same id, or in the same place', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const taken = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(taken).size).toBe(taken.length);
    for (const { gridPos } of dashboard.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});

describe.skipIf(!hasPromtool())('promtool (skipped where Prometheus is not installed)', () => {
  test('accepts the alerts', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' });
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });

  test('sees each alert fire when it should, and only then', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', path('alerts-fire.yml')], {
      encoding: 'utf8',
    });
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });

  test("accepts the dashboard's expressions", () => {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-dashboard-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const rules = expressions.map((expr, index) => ({
      record: `panel_${index}`,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(?:job|instance)/g, '.*'),
    }));
    const file = join(folder, 'rules.yml');
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' });
    expect({ status, output: stdout + stderr }).toMatchObject({ status: 0 });
  });
});

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
