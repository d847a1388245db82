import { join } from 'node:path';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import type { RealShop } from '../real-shop.ts';
import { install, versionOf } from '../rig/install.ts';
import { runProgram } from '../rig/run-program.ts';
import { ServerProcess } from '../rig/server-process.ts';
import { createDatabase, databaseUrl } from '../rig/servers.ts';
import { logIn } from './api.ts';
import { CASES, playNoOrders } from './cases.ts';
import { MedusaOrders } from './orders.ts';
import { readOrders } from './read-orders.ts';
import { setUp } from './settings.ts';
import { medusaShipping } from './shipping.ts';

const CLI = 'node_modules/@medusajs/cli/cli.js';
const ADMIN = { email: 'admin@shop.test', password: 'for this run only' };

export async function startMedusa(amqpUrl: string): Promise<RealShop<MedusaOrders>> {
  const example = { from: 'medusa-events-subscriber.ts', to: 'src/subscribers/order-events.ts' };
  const folder = await install('medusa', example);
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const env = {
    PORT: String(port),
    NODE_ENV: 'production',
    MEDUSA_DISABLE_TELEMETRY: 'true',
    DATABASE_URL: databaseUrl('medusa'),
    AMQP_URL: amqpUrl,
  };
  await createDatabase('medusa');
  const run = (args: readonly string[], log: string) =>
    runProgram(process.execPath, [CLI, ...args], { folder, env, logFile: join(folder, log) });
  await run(['db:migrate', '--skip-scripts'], 'migrate.log');
  await run(['user', '-e', ADMIN.email, '-p', ADMIN.password], 'user.log');
  const server = new ServerProcess('Medusa', [CLI, 'start', '--host', '127.0.0.1', '--port', String(port)], {
    folder,
    env,
    logFile: join(folder, 'server.log'),
  });
  await server.untilReady(async () => (await fetch(`${url}/health`)).ok);
  const admin = await logIn(url, ADMIN.email, ADMIN.password);
  const catalogue = await setUp(admin);
  const orders = new MedusaOrders(admin, url, catalogue);
  const daemonEnv = { SHOP_PRESET: 'medusa', SHOP_BASE_URL: url, SHOP_TOKEN: catalogue.secretKey };
  return {
    title: `Medusa ${versionOf('@medusajs/medusa', folder)}`,
    env: daemonEnv,
    orders,
    cases: CASES,
    playNoOrders,
    shipping: medusaShipping(daemonEnv, admin, orders),
    readOrders: () => readOrders(admin),
    stop: () => server.stop(),
  };
}
