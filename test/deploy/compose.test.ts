import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { DCLinter } from 'dclint';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { checkOptions } from '../../src/broker/options.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { urlPerHost } from '../../src/settings/host-list.ts';

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));

const compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      environment: z.record(z.string(), z.string()).default({}),
      env_file: z.array(z.object({ path: z.string(), required: z.boolean() })).optional(),
      logging: z.object({ options: z.record(z.string(), z.string()) }).optional(),
      profiles: z.array(z.string()).default([]),
      stop_grace_period: z.string().optional(),
      volumes: z.array(z.string()).default([]),
    }),
  ),
});

const lintResults = z.tuple([z.object({ messages: z.array(z.object({ rule: z.string(), message: z.string() })) })]);

const FILES = ['compose.yaml', 'compose.cluster.yaml'] as const;
/** What `docker compose --env-file` is given for the trial. */
const SETTINGS = {
  'compose.yaml': parseEnv(readFileSync(path('demo/compose.env'), 'utf8')),
  'compose.cluster.yaml': {},
};
const servicesOf = (name: string) =>
  Object.entries(compose.parse(parse(readFileSync(path(name), 'utf8'), { merge: true })).services);

describe.each(FILES)('%s', (name) => {
  const daemons = servicesOf(name).filter(([service]) => service.startsWith('order-sync'));

  test('fits the Compose Specification, and opens no port to other machines', () => {
    // Its other rules are about taste.
    const rules = /^(?:invalid-schema|invalid-yaml|no-unbound-port-interfaces|no-duplicate-)/;
    const linter = new DCLinter({ rules: {}, quiet: true, debug: false, exclude: [] });
    const [{ messages }] = lintResults.parse(linter.lintFiles([path(name)], false));
    expect(messages.filter(({ rule }) => rules.test(rule))).toEqual([]);
    // So these have been looked at.
    expect(messages.map(({ rule }) => rule)).toContain('service-keys-order');
  });

  test('has settings that order-sync takes, and leaves it its time to stop', () => {
    expect(daemons.length).toBeGreaterThan(0);
    for (const [, { environment, stop_grace_period }] of daemons) {
      const { warnings, shutdownTimeoutMs } = loadConfig(substituted(environment, SETTINGS[name]));
      expect(warnings.filter((warning) => !warning.startsWith('SHOP_BASE_URL'))).toEqual([]);
      expect(stop_grace_period).toBe(`${shutdownTimeoutMs / 1000 + 15}s`);
    }
  });

  test('pins each image, but that which is built here', () => {
    const images = new Set(servicesOf(name).map(([, { image }]) => image));
    expect([...images].filter((image) => !/^[a-z]+:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/.test(image))).toEqual([
      'order-sync',
    ]);
  });

  test('bounds the log of each container', () => {
    const unbounded = servicesOf(name).filter(([, { logging }]) => logging?.options['max-size'] === undefined);
    expect(unbounded.map(([service]) => service)).toEqual([]);
  });
});

describe('compose.yaml', () => {
  const services = Object.fromEntries(servicesOf('compose.yaml'));

  test('starts the demo shop only for a trial, and with the token that the daemon is given', () => {
    expect(services['demo-shop']?.profiles).toEqual([SETTINGS['compose.yaml']['COMPOSE_PROFILES']]);
    const tokens = ['demo-shop', 'order-sync'].map((name) =>
      substituted(services[name]?.environment ?? {}, SETTINGS['compose.yaml']),
    );
    expect(tokens[0]?.['DEMO_SHOP_TOKEN']).toBe(tokens[1]?.['SHOP_TOKEN']);
  });

  test.each(['order-sync', 'webhooks'])('passes .env on to %s, where there is one', (name) => {
    expect(services[name]?.env_file).toEqual([{ path: '.env', required: false }]);
  });

  test('leaves it to .env which shop there is, and sets nothing of it otherwise', () => {
    const shop = Object.entries(substituted(services['order-sync']?.environment ?? {})).filter(([name]) =>
      name.startsWith('SHOP_'),
    );
    expect(shop.filter(([, value]) => value !== '')).toEqual([]);
  });
});

describe('compose.cluster.yaml', () => {
  const services = servicesOf('compose.cluster.yaml');

  test('names each broker and each database to each daemon, whose data are its own', () => {
    const daemons = services.filter(([name]) => name.startsWith('order-sync'));
    expect(daemons.length).toBe(2);
    for (const [, { environment }] of daemons) {
      const { rabbitmq, internalSystem } = loadConfig(substituted(environment));
      expect(
        checkOptions(rabbitmq)
          .endpoints()
          .map(({ host }) => host),
      ).toEqual(namesOf('rabbitmq'));
      const url = 'url' in internalSystem && typeof internalSystem.url === 'string' ? internalSystem.url : '';
      expect(urlPerHost(url).map((each) => new URL(each).hostname)).toEqual(namesOf('postgres'));
    }
    const volumes = services.flatMap(([, service]) => service.volumes).filter((volume) => !volume.startsWith('./'));
    expect(new Set(volumes).size).toBe(volumes.length);
    expect(volumes.length).toBe(7);
  });

  test('peer discovery lists its nodes', () => {
    const settings = readFileSync(path('deploy/cluster/rabbitmq.conf'), 'utf8');
    const nodes = [...settings.matchAll(/^cluster_formation\.classic_config\.nodes\.\d = rabbit@(\S+)$/gm)];
    expect(nodes.map(([, node]) => node)).toEqual(namesOf('rabbitmq'));
  });

  const namesOf = (prefix: string) => services.map(([name]) => name).filter((name) => name.startsWith(prefix));
});

/** `${NAME:-default}` and `${NAME:?}`, as compose fills them in. */
function substituted(environment: Record<string, string>, given: NodeJS.Dict<string> = {}): Record<string, string> {
  const fill = (value: string) =>
    value.replaceAll(
      /\$\{(\w+):([-?])(.*?)\}/g,
      (_, name, kind, text) => given[name] ?? (kind === '-' ? text : 'from-the-env-file'),
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
}
