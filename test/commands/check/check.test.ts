import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FaultHook } from '../../../demo/demo-shop.ts';
import { statusFault } from '../../../demo/shop/faults.ts';
import { aBystander, BROKER_URL } from '../../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { type CliResult, orderSync } from '../helpers/cli.ts';
import { aDeadLetter } from '../helpers/dead-letters.ts';

/** A workplace with a shop that answers. */
async function aWorkingPlace(env: Readonly<Record<string, string>> = {}): Promise<Workplace> {
  return aWorkplace({ ...shopEnv(await aShop()), ...env });
}

interface Check {
  readonly name: string;
  readonly state: string;
  readonly message: string;
}

function checksOf({ stdout }: CliResult): Record<string, Check> {
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

function statesOf(result: CliResult): Record<string, string> {
  return Object.fromEntries(Object.entries(checksOf(result)).map(([name, { state }]) => [name, state]));
}

test('succeeds before the first start, and leaves no queue behind', async () => {
  const workplace = await aWorkingPlace();
  const { status, stdout, stderr } = await orderSync(workplace, ['check']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.match(/^✓ /gm)).toHaveLength(4);
  expect(stdout).toContain(`queue ${workplace.queue} does not exist yet; "start" creates it (classic)`);
  const bystander = await aBystander();
  for (const suffix of ['', '.dead-letters', ...RETRY_DELAYS_MS.map((delayMs) => `.retry.${delayMs}`)]) {
    expect(await bystander.messages(`${workplace.queue}${suffix}`)).toBeUndefined();
  }
});

test('shows consumers, waiting events and dead letters of a running daemon', async () => {
  const workplace = await aWorkingPlace();
  await startDaemon(workplace).ready();
  await aDeadLetter(await aBystander(), workplace.queue);
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(0);
  expect(stdout).toContain(`queue ${workplace.queue} (classic): 0 events waiting, 1 consumer`);
  expect(stdout).toContain('! 1 dead letter: order-sync dead-letters list');
});

test('--json prints one document', async () => {
  const workplace = await aWorkingPlace();
  const result = await orderSync(workplace, ['check', '--json']);
  expect(result.status).toBe(0);
  expect(JSON.parse(result.stdout)).toMatchObject({
    ok: true,
    checks: [
      { name: 'configuration', state: 'ok' },
      { name: 'RabbitMQ', state: 'ok', vhost: '/', queues: [{ name: workplace.queue, exists: false }, {}, {}, {}] },
      { name: 'shop', state: 'ok' },
      { name: 'internal system', state: 'ok' },
    ],
  });
});

test('misconfigured 1: it names misspelt and missing variables, and still tests the parts that are valid', async () => {
  const workplace = await aWorkingPlace({ SHOP_BASE_URL: '', RABBITMQ_PREFETCH: 'many' });
  const result = await orderSync(workplace, ['check', '--json']);
  expect(result.status).toBe(78);
  expect(checksOf(result)['configuration']?.message).toMatch(/SHOP_BASE_URL: not set/);
  expect(checksOf(result)['configuration']?.message).toMatch(/RABBITMQ_PREFETCH: found "many"/);
  expect(statesOf(result)).toEqual({
    configuration: 'failed',
    RabbitMQ: 'skipped',
    shop: 'skipped',
    'internal system': 'ok',
  });
  const misspelt = await orderSync(await aWorkingPlace({ SHOP_TIMEOUT_MSS: '5' }), ['check']);
  expect(misspelt.status).toBe(78);
  expect(misspelt.stdout).toContain('Did you mean SHOP_TIMEOUT_MS?');
});

test('misconfigured 2: the broker refuses the password, which appears nowhere', async () => {
  const secret = randomUUID();
  const url = new URL(BROKER_URL);
  url.password = secret;
  const result = await orderSync(await aWorkingPlace({ RABBITMQ_URL: url.href }), ['check']);
  expect(result.status).toBe(78);
  expect(result.stdout).toMatch(/✗ RabbitMQ.*refused user/);
  expect(result.stdout).toMatch(/✓ shop/);
  expect(result.stdout + result.stderr).not.toContain(secret);
});

test('misconfigured 3: the queue exists with another type', async () => {
  const workplace = await aWorkingPlace({ RABBITMQ_QUEUE_TYPE: 'quorum' });
  const { channel } = await aBystander();
  await channel.assertQueue(workplace.queue, { durable: true });
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ RabbitMQ.*other properties/);
});

test('misconfigured 4: the shop refuses the token, which appears nowhere', async () => {
  const secret = randomUUID();
  const { status, stdout, stderr } = await orderSync(await aWorkingPlace({ SHOP_TOKEN: secret }), ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ shop.*refused the credentials \(HTTP 401\)\. Check SHOP_TOKEN/);
  expect(stdout + stderr).not.toContain(secret);
});

test.each([
  ['JSON', undefined],
  ['web pages', { 'content-type': 'text/html' }],
])('misconfigured: the path of an order is wrong, and the shop answers with %s', async (_, headers) => {
  const faults: FaultHook = ({ references }) => (references.length > 0 ? statusFault(404, headers) : undefined);
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: 'N1', updatedAt: new Date().toISOString() })] });
  const workplace = aWorkplace(shopEnv(shop));
  const before = await orderSync(workplace, ['check']);
  expect(before.status).toBe(0);
  expect(before.stdout).toMatch(/✓ shop.*accepts the credentials; it has order N1, which it lists/);
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await (await aBystander()).publish(workplace.queue, 'N1');
  await daemon.line((line) => line['outcome'] === 'synced');
  expect((await orderSync(workplace, ['check'])).stdout).toMatch(/it has order N1, which is stored here/);
  shop.setFaults(faults);
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ shop.*does not have order N1, .*, which is stored here\. Are .*SHOP_ORDER_PATH right\?/);
});

test('a wrong path shows itself by web pages, even if no order is known', async () => {
  const shop = await aShop({ faults: () => statusFault(404, { 'content-type': 'text/html' }) });
  const { status, stdout } = await orderSync(aWorkplace(shopEnv(shop)), ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ shop.*with a web page.*SHOP_ORDER_PATH right\?/);
});

test('says that fetching an order was not tested when none is known', async () => {
  const { status, stdout } = await orderSync(await aWorkingPlace(), ['check']);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /✓ shop.*\n.*! no order is known here yet, so neither its path nor .* was tested: order-sync check <order number>/,
  );
});

test('misconfigured 5: the internal system is a file that is not a database', async () => {
  const workplace = await aWorkingPlace();
  writeFileSync(workplace.database, 'this is no database, only a text that is long enough');
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(78);
  expect(stdout).toMatch(/✗ internal system.*name another one in INTERNAL_SYSTEM_URL/);
});

test('ends with 69 if everything is down, and says what to look at', async () => {
  const port = await aFreePort();
  const closedPort = `127.0.0.1:${port}`;
  const workplace = await aWorkingPlace({
    RABBITMQ_URL: `amqp://guest:guest@${closedPort}`,
    SHOP_BASE_URL: `http://${closedPort}`,
    INTERNAL_SYSTEM_URL: `postgres://root@${closedPort}/test`,
  });
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(69);
  expect(stdout).toMatch(/✗ RabbitMQ.*ECONNREFUSED/);
  expect(stdout).toMatch(/→ Is the shop running, and is SHOP_BASE_URL right\?/);
  expect(stdout).toMatch(/→ Is the database running/);
});

test('loads adapters without check(), and says that they were not tested', async () => {
  const workplace = aWorkplace({ SHOP_ADAPTER: './shop.js', INTERNAL_SYSTEM: './erp.js', INTERNAL_SYSTEM_URL: '' });
  writeFileSync(join(workplace.folder, 'shop.js'), 'module.exports = () => ({ fetchOrders: async () => new Map() });');
  writeFileSync(
    join(workplace.folder, 'erp.js'),
    'module.exports = () => ({ open: async () => {}, writeOrders: async () => [] });',
  );
  const { status, stdout } = await orderSync(workplace, ['check']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/✓ shop.*has no check\(\), so it was not tested/);
  expect(stdout).toMatch(/✓ internal system.*writing was not tested/);
});

test('says what a shop warns of, and what could not be found out, although it works', async () => {
  const workplace = aWorkplace({ SHOP_ADAPTER: './shop.js' });
  const shop = (warnings: string) =>
    writeFileSync(
      join(workplace.folder, 'shop.js'),
      `module.exports = () => ({ fetchOrders: async () => new Map(), check: async () => {}, warnings: async () => ${warnings} });`,
    );
  shop("['The webhook for order.updated is off.']");
  expect(await orderSync(workplace, ['check'])).toMatchObject({
    ...{ status: 0, stdout: expect.stringMatching(/✓ shop[^✓]*! The webhook for order\.updated is off\./) },
  });
  shop('Promise.reject(new Error("refused"))');
  expect(await orderSync(workplace, ['check'])).toMatchObject({
    ...{ status: 0, stdout: expect.stringMatching(/✓ shop[^✓]*! Its webhooks and the like were not checked/) },
  });
});

test('says whether the shop can be told what was shipped', async () => {
  const workplace = await aWorkingPlace({ REPORT_SHIPMENTS: 'true' });
  const refused = await orderSync(workplace, ['check']);
  expect(refused.status).toBe(78);
  expect(refused.stdout).toMatch(/✗ shop.*REPORT_SHIPMENTS is true, but .*SHOP_SHIPMENT_PATH/);
  const env = { ...workplace.env, SHOP_SHIPMENT_PATH: '/orders/{reference}/shipments/{shipmentId}' };
  const { status, stdout } = await orderSync({ ...workplace, env }, ['check']);
  expect(status).toBe(0);
  expect(stdout).toContain('! REPORT_SHIPMENTS: whether the credentials may also write was not tested');
});
