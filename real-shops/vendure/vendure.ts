import { join } from 'node:path';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import type { RealShop } from '../real-shop.ts';
import { install, versionOf } from '../rig/install.ts';
import { runProgram } from '../rig/run-program.ts';
import { ServerProcess } from '../rig/server-process.ts';
import { createDatabase, databaseUrl } from '../rig/servers.ts';
import { CASES, playNoOrders } from './cases.ts';
import { VendureApi } from './graphql.ts';
import { VendureOrders } from './orders.ts';
import { readOrders } from './read-orders.ts';
import { addReader, addWriter, READER, setUp } from './settings.ts';
import { vendureShipping } from './shipping.ts';

export async function startVendure(amqpUrl: string): Promise<RealShop<VendureOrders>> {
  const folder = await install('vendure', { from: 'vendure-events-plugin.ts', to: 'order-events-plugin.ts' });
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const env = {
    VENDURE_PORT: String(port),
    VENDURE_DISABLE_TELEMETRY: 'true',
    DATABASE_URL: databaseUrl('vendure'),
    AMQP_URL: amqpUrl,
  };
  await createDatabase('vendure');
  await runProgram(process.execPath, ['populate.ts'], { folder, env, logFile: join(folder, 'populate.log') });
  const server = new ServerProcess('Vendure', ['server.ts'], { folder, env, logFile: join(folder, 'server.log') });
  await server.untilReady(async () => (await fetch(`${url}/health`)).ok);
  const admin = new VendureApi(`${url}/admin-api`);
  await admin.logIn('superadmin', 'superadmin');
  const catalogue = await setUp(admin);
  const apiKey = await addReader(admin, `${url}/admin-api`);
  await addWriter(admin);
  const orders = new VendureOrders(admin, `${url}/shop-api`, catalogue);
  return {
    title: `Vendure ${versionOf('@vendure/core', folder)}`,
    env: { SHOP_PRESET: 'vendure', SHOP_BASE_URL: url, SHOP_TOKEN: apiKey },
    otherEnv: {
      SHOP_PRESET: 'vendure',
      SHOP_BASE_URL: `${url}/admin-api`,
      SHOP_USERNAME: READER.username,
      SHOP_PASSWORD: READER.password,
    },
    orders,
    cases: CASES,
    playNoOrders,
    shipping: vendureShipping(url, admin, orders),
    readOrders: () => readOrders(admin),
    stop: () => server.stop(),
  };
}
