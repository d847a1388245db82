import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander, aQueueName, BROKER_URL } from '../helpers/broker.ts';
import { codeBlocks } from './documents.ts';

test("README.md's sample for a shop in Node publishes an event, and ends", async () => {
  const [sample] = codeBlocks('README.md', 'js');
  const queue = aQueueName();
  const replacements = [
    ["'order-sync'", `'${new URL('../../src/index.ts', import.meta.url).href}'`],
    ["'amqp://shop:another-long-password@127.0.0.1:5672'", `'${BROKER_URL}'`],
    ["'orders'", `'${queue}'`],
  ] as const;
  const code = replacements.reduce((found, [from, to]) => found.replaceAll(from, to), sample?.code ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'shop.mjs');
  writeFileSync(file, code);
  expect(spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 30_000 })).toMatchObject({ status: 0 });
  const { drain } = await aBystander();
  expect(await drain(queue)).toMatchObject([{ content: '{"orderNumber":"10086","event":"paid"}' }]);
});
