import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { mappingCase } from '../../chaos/cases/beside-orders/mapping.ts';
import { outboxCase } from '../../chaos/cases/beside-orders/outbox.ts';
import { shipmentCase } from '../../chaos/cases/beside-orders/shipments.ts';
import { runCase } from '../../chaos/run-case.ts';
import { Servers } from '../../chaos/servers/servers.ts';
import { notInstalled } from '../helpers/servers/installed.ts';

const HOOK = fileURLToPath(new URL('./mutate.mjs', import.meta.url));

/** Each is a careless change to what goes along with an order: [what it does, case that finds it, module, text, replacement, violated invariant]. */
const MUTANTS = [
  [
    "writes the company's tables in a transaction of their own, a moment later",
    mappingCase(2),
    'src/internal-system/sql/write-orders.ts',
    `    return await writeWithCare(database, transaction, shop, others, writing, { now, byId: runs > 1 });
  });`,
    `    const followers = writing.followers.map((follower) => ({ ...follower, needsPrevious: true, follow: async (_, ...change) => {
      setTimeout(() => database.transaction((own) => follower.follow(own, ...change)).catch(() => undefined), 100);
    } }));
    return await writeWithCare(database, transaction, shop, others, { ...writing, followers }, { now, byId: runs > 1 });
  });`,
    'I1',
  ],
  [
    'notes a shipment as reported before the shop has it',
    shipmentCase(1),
    'src/shipments/process-shipment.ts',
    "const { outcome, note } = await outages.watch('shop'",
    "await store.noteReported(taken, undefined); const { outcome, note } = await outages.watch('shop'",
    'I1',
  ],
  [
    'removes a message from the outbox before the broker has it',
    outboxCase(2),
    'src/outbox/outbox.ts',
    'await this.#parts.publisher.publish(messageOf(entry));',
    'this.#parts.publisher.publish(messageOf(entry)).catch(() => undefined);',
    'I1',
  ],
] as const;

/** What is missing for this long is lost. */
const QUIET_LIMIT_MS = 20_000;

const servers = new Servers('3.10');
afterAll(() => servers[Symbol.asyncDispose]());

describe.skipIf(notInstalled('rabbitmq'))('chaos finds a daemon that', () => {
  test.each(MUTANTS)(
    '%s',
    { retry: 2, timeout: 300_000 },
    async (_, chaosCase, module, text, replacement, invariant) => {
      const mutation = {
        NODE_OPTIONS: `--import=${HOOK}`,
        CHAOS_MUTATION: JSON.stringify([module, text, replacement]),
      };
      const { scene } = chaosCase;
      const mutant = { ...chaosCase, scene: { ...scene, env: { ...scene?.env, ...mutation } } };
      const choice = { database: 'sqlite', queueType: 'classic', broker: '3.10', seed: 7, minutes: 1 } as const;
      const { verdict, violations, note } = await runCase(mutant, choice, servers, { quietMs: QUIET_LIMIT_MS });
      expect({ verdict, note }).toEqual({ verdict: 'failed', note: undefined });
      expect(violations.map((violation) => violation.invariant)).toContain(invariant);
    },
  );
});
