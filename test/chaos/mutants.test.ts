import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { ChaosCase } from '../../chaos/cases/case.ts';
import { runCase } from '../../chaos/run-case.ts';
import type { Scene } from '../../chaos/scene/scene.ts';
import { Servers } from '../../chaos/servers/servers.ts';
import { notInstalled } from '../helpers/servers/installed.ts';

const HOOK = fileURLToPath(new URL('./mutate.mjs', import.meta.url));

/** Each is a careless change to the daemon: [what it does, module, text, replacement, violated invariant]. */
const MUTANTS = [
  [
    'acks before the commit',
    'src/delivery/process-delivery.ts',
    'const result = await withTrace(',
    'delivery.ack(); const result = await withTrace(',
    'I4',
  ],
  [
    'forgets that the newest version wins',
    'src/internal-system/newest-wins.ts',
    "return isSeen && force ? 'synced' : 'stale'",
    "return 'synced'",
    'I3',
  ],
  [
    'drops its dead letters',
    'src/delivery/settle.ts',
    'await this.#moveOn(deadLetters, delivery, { ...note, deadLetterId: randomUUID() });',
    'delivery.ack();',
    'I1',
  ],
  [
    'does not wait for the confirm of a retry',
    'src/delivery/settle.ts',
    'await this.#options.rabbit.publish(publication);',
    'this.#options.rabbit.publish(publication).catch(() => undefined);',
    'I4',
  ],
] as const;

/** No server is restarted here, so an order that is missing for this long is lost. */
const QUIET_LIMIT_MS = 20_000;

const servers = new Servers('3.10');
afterAll(() => servers[Symbol.asyncDispose]());

describe.skipIf(notInstalled('rabbitmq'))('chaos finds a daemon that', () => {
  // One run nearly always finds it, but on a busy machine the proxy may look too late.
  test.each(MUTANTS)('%s', { retry: 2 }, async (_, module, text, replacement, invariant) => {
    const env = { NODE_OPTIONS: `--import=${HOOK}`, CHAOS_MUTATION: JSON.stringify([module, text, replacement]) };
    const { verdict, violations, note } = await play(env);
    expect({ verdict, note }).toEqual({ verdict: 'failed', note: undefined });
    expect(violations.map((violation) => violation.invariant)).toContain(invariant);
  });
});

test.skipIf(notInstalled('rabbitmq'))('chaos finds nothing wrong with the daemon as it is', async () => {
  expect(await play({})).toMatchObject({ verdict: 'passed', violations: [] });
});

/** Duplicates, cancellations, reordering, and a shop that sometimes serves an older version. */
function play(env: Readonly<Record<string, string>>) {
  const ordinary: ChaosCase = {
    id: 'mutant',
    fault: 'old replies',
    scene: { env, plan: { orders: 60, refunds: false } },
    limits: { countsAttempts: true, shopLags: true },
    play: async (scene: Scene) => {
      scene.setShopFaults(() => (scene.random.chance(0.2) ? { kind: 'old-version' } : undefined));
      await scene.progress(1);
      scene.setShopFaults(undefined);
      scene.healed();
    },
  };
  const choice = { database: 'sqlite', queueType: 'classic', broker: '3.10', seed: 7, minutes: 1 } as const;
  return runCase(ordinary, choice, servers, { quietMs: QUIET_LIMIT_MS });
}
