import { expect, onTestFinished, test } from 'vitest';
import { CATALOGUE } from '../../chaos/catalogue.ts';
import { commandFor } from '../../chaos/report.ts';
import { runCase } from '../../chaos/run-case.ts';
import { Servers } from '../../chaos/servers.ts';
import { notInstalled } from '../helpers/servers/installed.ts';

/** The cases of the fault catalogue that take seconds; `npm run chaos` plays all of them. */
const QUICK = [
  ['N4', 'sqlite'],
  ['D4', 'postgres'],
  ['S9', 'sqlite'],
] as const;

test.skipIf(notInstalled('rabbitmq') || notInstalled('postgres'))(
  'no order is lost, doubled or set back by lost confirms, lost commits and broken replies',
  async () => {
    const servers = new Servers('3.10');
    onTestFinished(() => servers[Symbol.asyncDispose]());
    for (const [id, database] of QUICK) {
      const chaosCase = CATALOGUE.find((candidate) => candidate.id === id);
      if (chaosCase === undefined) throw new Error(`no case ${id}`);
      const choice = { database, queueType: 'classic', broker: '3.10', seed: 1, minutes: 1 } as const;
      const result = await runCase(chaosCase, choice, servers);
      expect(result, commandFor(result)).toMatchObject({ verdict: 'passed', violations: [] });
    }
  },
  300_000,
);
