import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseEnv } from 'dotenv';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { brokerName } from '../../src/broker/endpoint.ts';
import { checkOptions } from '../../src/broker/options.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { mistakesIn } from './kubernetes-schemas.ts';

const FOLDER = fileURLToPath(new URL('../../deploy/kubernetes/', import.meta.url));
const read = (name: string): unknown => parse(readFileSync(join(FOLDER, name), 'utf8'));
const MANIFESTS = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');

const labels = z.record(z.string(), z.string());
const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const container = z.object({
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
const { spec } = z
  .object({
    spec: z.object({
      replicas: z.number(),
      selector: z.object({ matchLabels: labels }),
      strategy: z.object({ rollingUpdate: z.object({ maxUnavailable: z.number() }) }),
      template: z.object({
        metadata: z.object({ labels }),
        spec: z.object({ terminationGracePeriodSeconds: z.number(), containers: z.tuple([container]) }),
      }),
    }),
  })
  .parse(read('deployment.yaml'));
const [daemon] = spec.template.spec.containers;
const budget = z
  .object({ spec: z.object({ minAvailable: z.number(), selector: z.object({ matchLabels: labels }) }) })
  .parse(read('pod-disruption-budget.yaml'));
const secret = z.object({ stringData: labels }).parse(read('secret.example.yaml')).stringData;
const kustomization = z
  .object({
    resources: z.array(z.string()),
    configMapGenerator: z.array(z.object({ name: z.string(), envs: z.array(z.string()) })),
  })
  .parse(read('kustomization.yaml'));
const settings = parseEnv(readFileSync(join(FOLDER, 'order-sync.env')));

describe('the manifests', () => {
  test.each(MANIFESTS)('%s is what Kubernetes takes', (name) => {
    expect(mistakesIn(z.looseObject({ apiVersion: z.string(), kind: z.string() }).parse(read(name)))).toEqual([]);
  });

  test('a wrong type and a misspelt name would be found', () => {
    const manifest = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { nam: 'a' }, spec: { replicas: '2' } };
    const mistakes = mistakesIn(manifest);
    expect(mistakes).toContain('/metadata/nam: unknown field');
    expect(mistakes).toContain('/spec/replicas: type');
  });

  test('are all deployed, but for the optional one and the example of secrets', () => {
    const left = MANIFESTS.filter((name) => !kustomization.resources.includes(name));
    expect(left).toEqual(['network-policy.yaml', 'secret.example.yaml']);
    expect(kustomization.resources.filter((name) => !MANIFESTS.includes(name))).toEqual([]);
    expect(kustomization.configMapGenerator).toEqual([{ name: 'order-sync', envs: ['order-sync.env'] }]);
    expect(daemon.envFrom).toEqual([{ configMapRef: { name: 'order-sync' } }]);
  });

  test('mean the same pods', () => {
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    expect(budget.spec.selector.matchLabels).toEqual(spec.selector.matchLabels);
    expect(read('network-policy.yaml')).toMatchObject({ spec: { podSelector: spec.selector } });
  });
});

describe('a daemon always runs', () => {
  test('during an update, and while a node is drained', () => {
    expect(spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    expect(budget.spec.minAvailable).toBeGreaterThan(0);
    expect(budget.spec.minAvailable).toBeLessThan(spec.replicas);
  });

  test('is killed only when only a restart helps, and counts as there once it consumes', () => {
    const paths = [daemon.startupProbe, daemon.livenessProbe, daemon.readinessProbe].map(({ httpGet }) => httpGet);
    expect(paths.map(({ path }) => path)).toEqual(['/livez', '/livez', '/readyz']);
    expect(new Set(paths.map(({ port }) => port))).toEqual(new Set([daemon.ports[0]?.name]));
  });
});

describe('the settings', () => {
  /** As the pod sees them, with the secrets in a folder of this test. */
  function environment(): Record<string, string> {
    const folder = mkdtempSync(join(tmpdir(), 'order-sync-kubernetes-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    for (const [key, value] of Object.entries(secret)) writeFileSync(join(folder, key), value);
    const mounted = daemon.volumeMounts.find(({ name }) => name === 'secrets')?.mountPath ?? '';
    const files = daemon.env.map(({ name, value }) => [name, value.replace(mounted, folder)] as const);
    return { ...settings, ...Object.fromEntries(files) };
  }

  test('are what order-sync takes, without a warning', () => {
    const config = loadConfig(environment());
    expect(config.warnings).toEqual([]);
    expect(checkOptions(config.rabbitmq).endpoints().map(brokerName)).toEqual(
      [0, 1, 2].map((node) => `rabbitmq-server-${node}.rabbitmq-nodes.messaging.svc:5672`),
    );
    expect(config.rabbitmq.queueType).toBe('quorum');
    expect(config.ops).toMatchObject({ port: daemon.ports[0]?.containerPort, host: '0.0.0.0' });
  });

  test('hold no secret, and each secret is a file', () => {
    expect(Object.keys(settings).filter((name) => /PASSWORD|TOKEN|SECRET|_URL$/.test(name))).toEqual(['SHOP_BASE_URL']);
    expect(daemon.env.map(({ name }) => name).filter((name) => !name.endsWith('_FILE'))).toEqual([]);
    expect(daemon.env.map(({ value }) => value.split('/').at(-1))).toEqual(Object.keys(secret));
  });

  test('leave the daemon its time to stop, and 15 s to close connections', () => {
    const { shutdownTimeoutMs } = loadConfig(environment());
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(shutdownTimeoutMs / 1000 + 15);
  });
});
