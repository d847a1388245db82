import { afterAll, describe, expect, test } from 'vitest';
import type { ChaosCase } from '../../chaos/cases/case.ts';
import { CATALOGUE } from '../../chaos/cases/catalogue.ts';
import { commandFor } from '../../chaos/report.ts';
import { runCase } from '../../chaos/run-case.ts';
import { Servers } from '../../chaos/servers/servers.ts';
import { notInstalled } from '../helpers/servers/installed.ts';

/** Cases of the catalogue that take only seconds; `npm run chaos` plays all. */
const QUICK = [
  ['N4', 'sqlite'],
  ['D4', 'postgres'],
  ['S9', 'sqlite'],
] as const;

const servers = new Servers('3.10');
afterAll(() => servers[Symbol.asyncDispose]());

describe.skipIf(notInstalled('rabbitmq') || notInstalled('postgres'))('chaos', () => {
  test('finds no order lost, doubled or set back by lost confirms, lost commits and broken replies', async () => {
    for (const [id, database] of QUICK) {
      const chaosCase = CATALOGUE.find((candidate) => candidate.id === id);
      if (chaosCase === undefined) throw new Error(`no case ${id}`);
      const choice = { database, queueType: 'classic', broker: '3.10', seed: 1, minutes: 1 } as const;
      const result = await runCase(chaosCase, choice, servers);
      expect(result, commandFor(result)).toMatchObject({ verdict: 'passed', violations: [] });
    }
  }, 300_000);

  test('gives up on a case that hangs, and says what it was waiting for', async () => {
    const hanging: ChaosCase = {
      id: 'hanging',
      fault: 'none',
      scene: { plan: { orders: 5 } },
      play: (scene) => scene.until('pigs fly', () => false, 600_000),
    };
    const choice = { database: 'sqlite', queueType: 'classic', broker: '3.10', seed: 1, minutes: 0 } as const;
    const result = await runCase(hanging, choice, servers, { caseMs: 10_000 });
    expect(result.verdict).toBe('failed');
    expect(result.note).toMatch(/not finished after 10 s: waiting until pigs fly; \d+ of \d+ events published/);
  }, 120_000);
});
