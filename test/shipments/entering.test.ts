import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import type { Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { aShippingShop } from './helpers/shipping-shop.ts';
import { aDaemonWith, addOrder, aShippingWorkplace } from './helpers/shipping-workplace.ts';

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;
const TOKEN = 'operator-token-0123456789';

async function command({ folder, env }: Workplace, ...args: string[]) {
  const ran = promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...env } });
  return await ran.then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      stdout: error.stdout + error.stderr,
    }),
  );
}

test('shipments are entered by command and over HTTP, corrected, shown, compared, and replayed from the dead letters', async () => {
  const shop = await aShippingShop();
  addOrder(shop, { orderNumber: 'S1' });
  const port = await aFreePort();
  const workplace = aShippingWorkplace(shop, { OPS_PORT: port, OPS_TOKEN: TOKEN });
  const bystander = await aBystander();
  await aDaemonWith(workplace, bystander.publish, ['S1']);
  const told = () => shop.reports.map(({ trackingNumber }) => trackingNumber);
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const given = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, given);
    return { status: response.status, text: await response.text() };
  };

  const ship = ['ship', 'S1', '--id', 'P-1', '--carrier', 'SF', '--line', 'CUP-01=1', '--tracking'];
  expect(await command(workplace, ...ship, 'SF1')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('recorded'),
  });
  await expect.poll(told).toEqual(['SF1']);
  expect((await command(workplace, ...ship, 'SF1')).stdout).toContain('recorded already');
  expect(await command(workplace, 'ship', 'S1', '--line', 'NONE=1')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('no line with SKU NONE'),
  });

  const entered = {
    orderNumber: 'S1',
    shipmentId: 'P-2',
    trackingNumber: 'BAD',
    shippedAt: '2026-11-22T16:00:00+08:00',
  };
  shop.answer = ({ trackingNumber }) => (trackingNumber === 'BAD' ? 422 : 200);
  expect(await ask('/api/shipments', entered)).toMatchObject({
    status: 200,
    text: expect.stringContaining('"recorded"'),
  });
  expect((await ask('/api/shipments', { ...entered, orderNumber: 'NONE' })).status).toBe(422);
  await expect.poll(() => bystander.messages(`${workplace.queue}.shipments.dead-letters`)).toBe(1);
  expect((await command(workplace, 'dead-letters', 'list', '--shipments')).stdout).toContain('shipment_refused');
  expect((await command(workplace, 'dead-letters', 'list')).stdout).toContain('No matching dead letters');
  expect((await command(workplace, 'status', 'S1')).stdout).toMatch(
    /P-1 · SF · SF1 · reported[\s\S]*P-2 · BAD · failed/,
  );
  expect(JSON.parse((await ask('/api/orders/S1')).text).records[0].shipments).toMatchObject([
    { shipmentId: 'P-1', state: 'reported' },
    { shipmentId: 'P-2', state: 'failed' },
  ]);
  const metrics = (await ask('/metrics')).text;
  expect(metrics).toContain('order_sync_shipments_total{outcome="dead-lettered",reason="shipment_refused"} 1');
  expect(metrics).toContain('order_sync_shipment_queue_messages{queue="dead-letters"} 1');

  shop.answer = () => 200;
  expect(await command(workplace, 'dead-letters', 'replay', 'S1', '--shipments')).toMatchObject({ code: 0 });
  await expect.poll(told).toEqual(['SF1', 'BAD']);

  expect(await command(workplace, 'compare-shipments')).toMatchObject({ code: 0 });
  shop.has.delete('S1/P-1');
  expect(await command(workplace, 'compare-shipments')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('S1: P-1'),
  });
  await expect.poll(told).toEqual(['SF1', 'BAD', 'SF1']);
}, 120_000);
