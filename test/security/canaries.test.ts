import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'amqplib';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standIn } from '../alerts/helpers/stand-in.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander, type Bystander } from '../helpers/broker.ts';
import { type DaemonProcess, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { aShop } from '../helpers/shop.ts';
import { FAULTS, MALFORMED, ORDERS, PERSONAL, SECRET, secrets } from './helpers/canaries.ts';
import { type GuardedServers, startGuardedServers } from './helpers/guarded-servers.ts';

describe.skipIf(notInstalled('rabbitmq') || notInstalled('postgres'))('secret or personal data', () => {
  let servers: GuardedServers;
  beforeAll(async () => {
    servers = await startGuardedServers(secrets);
  });
  afterAll(() => servers?.[Symbol.asyncDispose]());

  test('appears in no log, page, metric, header, ledger, alert or argument list, and each log entry stays one line', async () => {
    const port = await aFreePort();
    const shop = await aShop({
      token: secrets.shop,
      orders: [anOrderDocument({ orderNumber: 'good' }), ...Object.values(ORDERS)],
      faults: ({ references: [reference = ''] }) => FAULTS[reference],
    });
    const told = await standIn(() => ({ status: 403, body: `no access for ${SECRET}` }));
    const workplace = servers.workplace({
      SHOP_BASE_URL: shop.url,
      SHOP_TOKEN: secrets.shop,
      OPS_PORT: port,
      OPS_TOKEN: secrets.ops,
      OPS_VIEWER_TOKEN: secrets.viewer,
      ALERT_URL: `${told.origin}/?key=${SECRET},slack+${told.origin}/${SECRET}`,
      LOG_LEVEL: 'trace',
      LOG_FILE: 'daemon.log',
    });
    const daemon = startDaemon(workplace);
    await daemon.ready();
    const bystander = await aBystander(workplace.env['RABBITMQ_URL']);
    const events = [...Object.keys(ORDERS), ...Object.keys(FAULTS), ...MALFORMED];
    for (const event of events) await bystander.publish('orders', event);
    await keepWorkingUntil(daemon, bystander, events.length);
    await servers.broker.ctl('close_all_connections', 'a test');
    await daemon.line((line) => line.msg === 'RabbitMQ is back');
    await expect.poll(() => told.requests.map(({ body }) => body).join()).toContain('dead_letters');

    const said = {
      ...(await askedOverHttp(port)),
      ...(await saidByCommands(workplace)),
      stderr: daemon.stderr(),
      log: readFileSync(join(workplace.folder, 'daemon.log'), 'utf8'),
      arguments: readFileSync(`/proc/${daemon.pid}/cmdline`, 'utf8'),
      headers: await headersOfDeadLetters(workplace),
      ledger: await ledger(servers.database.url),
      alerts: told.requests.map(({ body }) => body).join('\n'),
    };
    for (const [where, text] of Object.entries(said)) {
      expect([where, text.includes(SECRET)]).toEqual([where, false]);
      // It shows the beginning of messages that name no order, and says that this may be personal.
      const mayBePersonal = where.startsWith('order-sync dead-letters list');
      expect([where, text.includes(PERSONAL)]).toEqual([where, mayBePersonal]);
    }
    expect(said.metrics).toContain('order_sync_deliveries_total');
    expectOneObjectPerLine(said.log);
    // The canaries did reach the order tables: the order is stored in full.
    const [stored] = await rows(servers.database.url, `SELECT document::text FROM orders WHERE order_number = 'nasty'`);
    expect(JSON.stringify(stored)).toContain(PERSONAL);
  });

  test.for([
    ['the broker', { RABBITMQ_URL: 'amqp://order-sync:secret-canary-wrong@127.0.0.1:PORT' }],
    ['the database', { INTERNAL_SYSTEM_URL: 'postgres://nobody:secret-canary-wrong@127.0.0.1:PORT/test' }],
    ['the format of an address', { INTERNAL_SYSTEM_URL: 'postgres://u:secret-canary/#wrong@127.0.0.1:PORT/test' }],
    ['the operations port', { OPS_PORT: '0', OPS_TOKEN: 'secret-canary' }],
    ['certificate checking', { NODE_TLS_REJECT_UNAUTHORIZED: '0', SHOP_TOKEN: 'secret-canary\n' }],
  ] as const)(
    'is not shown when %s is wrong, which ends the daemon with 78',
    { timeout: 120_000 },
    async ([name, env]) => {
      const { port } = name === 'the broker' ? servers.broker : servers.database;
      const workplace = servers.workplace({ SHOP_BASE_URL: 'http://127.0.0.1:1', SHOP_TOKEN: secrets.shop });
      const entries = Object.entries(env).map(([variable, value]) => [variable, value.replace('PORT', String(port))]);
      const daemon = startDaemon(workplace, Object.fromEntries(entries));
      expect(await daemon.exited).toBe(78);
      const said = `${daemon.stderr()}${JSON.stringify(daemon.lines)}`;
      expect(said).not.toContain(SECRET);
      if (name === 'certificate checking') expect(said).toContain('NODE_TLS_REJECT_UNAUTHORIZED');
    },
  );
});

/** Keeps publishing an order that works, as a shop that fails for every order would count as down. */
async function keepWorkingUntil(daemon: DaemonProcess, bystander: Bystander, ended: number): Promise<void> {
  const last = new Set(['synced', 'unchanged', 'stale', 'dead-lettered']);
  const others = () => daemon.outcomes().filter(({ reference }) => reference !== 'good');
  await expect
    .poll(
      async () => {
        await bystander.publish('orders', 'good');
        return others().filter(({ outcome }) => last.has(String(outcome))).length;
      },
      { timeout: 40_000, interval: 50 },
    )
    .toBe(ended);
}

async function askedOverHttp(port: string) {
  const ask = async (path: string, token: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { authorization: `Bearer ${token}` } });
    return `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
  };
  const deadLetters = await ask('/api/dead-letters', secrets.viewer);
  const [, id = ''] = /"id":"([^"]+)"/.exec(deadLetters) ?? [];
  return {
    metrics: await ask('/metrics', secrets.viewer),
    readiness: await ask('/readyz', secrets.viewer),
    liveness: await ask('/livez', 'wrong'),
    page: await ask('/', secrets.viewer),
    'the dashboard': await ask('/api/now', secrets.viewer),
    'the dashboard for operators': await ask('/api/now', secrets.ops),
    'the list of dead letters': deadLetters,
    'a dead letter': await ask(`/api/dead-letters/${id}`, secrets.viewer),
    'an order': await ask('/api/orders/nasty', secrets.viewer),
    'a refusal': await ask('/metrics', `${SECRET}-wrong`),
  };
}

async function saidByCommands(workplace: Workplace): Promise<Record<string, string>> {
  const commands = [
    ['check'],
    ['orders'],
    ['dead-letters', 'list'],
    ['dead-letters', 'list', '--json'],
    ['status', 'nasty'],
  ];
  const said: Record<string, string> = {};
  for (const command of commands) {
    const { stdout, stderr } = await orderSync(workplace, command, { env: { LOG_FILE: '' } });
    said[`order-sync ${command.join(' ')}`] = stdout + stderr;
  }
  return said;
}

/** Takes them out of the queue. */
async function headersOfDeadLetters(workplace: Workplace): Promise<string> {
  const model = await connect(workplace.env['RABBITMQ_URL'] ?? '');
  try {
    const channel = await model.createChannel();
    const headers: unknown[] = [];
    for (
      let message = await channel.get('orders.dead-letters');
      message !== false;
      message = await channel.get('orders.dead-letters')
    ) {
      headers.push(message.properties.headers);
    }
    expect(headers.length).toBeGreaterThan(MALFORMED.length);
    return JSON.stringify(headers);
  } finally {
    await model.close();
  }
}

async function ledger(url: string): Promise<string> {
  const found = await rows(url, 'SELECT * FROM order_ledger');
  expect(found.length).toBeGreaterThan(Object.keys(FAULTS).length);
  return JSON.stringify(found);
}

async function rows(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function expectOneObjectPerLine(log: string): void {
  const lines = log.split('\n');
  expect(lines.pop()).toBe('');
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
  expect(log.match(/[^\P{Cc}\n]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu)).toBeNull();
}
