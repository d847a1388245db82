import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import { buildPackage } from '../helpers/built-package.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { anOrder } from '../helpers/order-builder.ts';
import { aStandInErp } from '../helpers/stand-in-erp.ts';

/** What is bundled differs from the sources in where it finds files, and in what is loaded twice. */
const QUICK = new URL('../helpers/quick-sink.ts', import.meta.url).pathname;
let packageFolder = '';

beforeAll(() => {
  packageFolder = buildPackage();
});

afterAll(() => rm(packageFolder, { recursive: true }));

test('the daemon syncs an order of an adapter, whose errors are its own, and serves its page', async () => {
  const adapter = join(packageFolder, 'adapter.mjs');
  writeFileSync(
    adapter,
    `import { SyncError } from 'order-sync';
    let asked = 0;
    export default () => ({
      fetchOrders: async (references) => {
        asked += 1;
        if (asked === 1) throw new SyncError('shop_timeout', 'No answer.');
        return new Map(references.map((reference) => [reference, { kind: 'order', order: ${JSON.stringify(anOrder({ orderNumber: '10086' }))} }]));
      },
    });`,
  );
  const port = await aFreePort();
  const main = join(packageFolder, 'dist/main.js');
  const daemon = startDaemon({ ...aWorkplace({ SHOP_ADAPTER: adapter, OPS_PORT: port }), main });
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(daemon.queue, '10086');
  await daemon.line(({ outcome }) => outcome === 'synced');
  expect(daemon.outcomes()).toEqual([
    { reference: '10086', outcome: 'retrying', reason: 'shop_timeout' },
    { reference: '10086', outcome: 'synced', reason: undefined },
  ]);
  const page = await fetch(`http://127.0.0.1:${port}/`);
  expect(await page.text()).toContain('<script type="importmap"');
  expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  daemon.signal('SIGTERM');
  expect(await daemon.exited).toBe(0);
});

test('the contract test of a sink finds the processes that it kills', { timeout: 180_000 }, async () => {
  const erp = await aStandInErp({ requestMs: 4 });
  const workplace = aWorkplace({ INTERNAL_SYSTEM: QUICK, ...erp.env, SHOP_BASE_URL: 'http://shop.invalid' });
  const main = join(packageFolder, 'dist/main.js');
  const args = ['test-adapter', '--write', '--orders', '4', '--sku', 'TEA', '--currency', 'EUR'];
  const { status, stdout } = await orderSync({ ...workplace, main }, args);
  expect(stdout).toMatch(/^✓ many orders +4 orders/m);
  expect(status).toBe(0);
});
