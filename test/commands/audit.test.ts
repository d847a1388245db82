import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { aPeopleFile, LI, WANG } from '../ops/dashboard/helpers/people.ts';
import { jsonLines, orderSync } from './helpers/cli.ts';

const env = { SUDO_USER: 'li.wei' };

async function auditOf(workplace: Workplace): Promise<Record<string, unknown>[]> {
  return jsonLines((await orderSync(workplace, ['audit', '--json'])).stdout);
}

test('what replaces a newer version, or records a shipment, is in the audit; what changes nothing is not', async () => {
  const order = anOrderDocument({ orderNumber: '10086' });
  const shop = await aShop({ orders: [order] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['send', '10086']);
  await daemon.line((line) => line['outcome'] === 'synced');
  await orderSync(workplace, ['resync', '--force', '--yes', '10086'], { env });
  const ship = ['ship', '10086', '--tracking', 'SF1'];
  expect((await orderSync(workplace, ship, { env })).status).toBe(0);
  expect((await orderSync(workplace, ship, { env })).stdout).toContain('recorded already');
  shop.put({ ...order, status: 'cancelled', updatedAt: '2026-11-22T07:00:00Z' });
  expect((await orderSync(workplace, ['resync', '--force', '--yes', '10086'], { env })).status).toBe(0);
  const by = { name: 'li.wei', role: 'shell', address: null, orders: ['10086'] };
  expect(await auditOf(workplace)).toMatchObject([
    { ...by, action: 'forced', details: { done: 1 } },
    { ...by, action: 'ship', details: { shipmentId: 'SF1' } },
  ]);
  const { status, stdout } = await orderSync(workplace, ['audit', '--limit', '1', '--json']);
  expect([status, jsonLines(stdout).length]).toEqual([0, 1]);
});

test('check says who may sign in, and nothing of their tokens; a mistake in the file is told with its line', async () => {
  const file = aPeopleFile(LI, WANG);
  const place = { ...shopEnv(await aShop()), OPS_PORT: '9464', OPS_TOKENS_FILE: file.path };
  const proxy = { OPS_TRUSTED_USER_HEADER: 'Remote-User', OPS_PROXY_SECRET: 'p'.repeat(16), OPS_OPERATORS: 'zhao' };
  const workplace = aWorkplace({ ...place, ...proxy, OPS_VIEWER_TOKEN: 'a-token-of-prometheus' });
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(0);
  expect(stdout).toContain('people: OPS_VIEWER_TOKEN (viewer), 李伟 (operator), wang.fang (viewer), zhao (operator)');
  expect(stdout).toContain('people: whoever the proxy names in Remote-User (viewer)');
  expect(stdout).not.toMatch(/sha256|a-token|pppp|[0-9a-f]{32}/);
  file.write(LI, 'wang.fang viewer a-very-secret-token');
  const wrong = await orderSync(workplace, ['check']);
  expect(wrong).toMatchObject({ status: 78, stdout: expect.stringContaining(`line 2 of "${file.path}"`) });
  const daemon = startDaemon(workplace);
  expect(await daemon.exited).toBe(78);
  expect(`${wrong.stdout}${daemon.stderr()}`).not.toContain('secret-token');
});

test('a module without an audit says so, and what is discarded is told to be gone', async () => {
  const workplace = aWorkplace();
  const module = join(workplace.folder, 'system.ts');
  writeFileSync(module, 'export default () => ({ open: async () => undefined, writeOrders: async () => [] });');
  const as = { env: { INTERNAL_SYSTEM: module } };
  expect(await orderSync(workplace, ['audit'], as)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('keeps no audit'),
  });
  expect((await orderSync(workplace, ['dead-letters', 'discard', '10086', '--yes'], as)).stderr).toContain(
    'This INTERNAL_SYSTEM keeps no audit: what is discarded cannot be restored.',
  );
});
