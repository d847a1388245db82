import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { secretKey, signatureHeaders } from '../../src/client/standard-webhooks.ts';
import { anOrder } from '../helpers/order-builder.ts';
import { aDelivery, aSignal, aSink, SECRET } from '../internal-system/endpoint/an-endpoint.ts';
import { describeDatabases } from '../internal-system/helpers/test-databases.ts';
import { type PhpServer, phpMissing, startPhp } from './php-server.ts';

const SCRIPT = new URL('../../examples/erp-endpoint.php', import.meta.url).pathname;
const TABLE = /^ \* (CREATE TABLE .*?);$/ms.exec(readFileSync(SCRIPT, 'utf8'))?.[1]?.replaceAll('\n *', '\n') ?? '';

/** All revisions of one order, in any order: as duplicates, and requests that were given up, may come. */
const ARRIVALS = [3, 1, 5, 2, 5, 4, 3, 1];

describe.skipIf(phpMissing())('examples/erp-endpoint.php', () => {
  describeDatabases(
    'in a real PHP, with the database it is written for',
    (workbench) => {
      let url = '';
      let php: PhpServer | undefined;

      beforeAll(async () => {
        await workbench.database.sql(TABLE);
        const { hostname, port, pathname, username } = new URL(workbench.database.url);
        const dsn = `mysql:host=${hostname};port=${port || 3306};dbname=${pathname.slice(1)};charset=utf8mb4`;
        const env = { INTERNAL_SYSTEM_HTTP_SECRET: SECRET, ERP_DSN: dsn, ERP_USER: username, ERP_PASSWORD: '' };
        php = await startPhp(SCRIPT, env);
        url = php.url;
      });

      afterAll(() => php?.stop());

      const rowsOf = (shopOrderId: string) =>
        workbench.database.sql(
          `SELECT revision, order_sn, status, order_amount, paid_at, document FROM shop_orders WHERE shop_order_id = '${shopOrderId}'`,
        );

      test('passes the check', async () => {
        await (await aSink(url)).check?.(aSignal());
      });

      test('writes an order with its exact amount and its time, and answers with its number', async () => {
        const delivery = aDelivery({ orderNumber: '10001' });
        expect(await (await aSink(url)).upsert(delivery, aSignal())).toEqual({ erpId: '10001' });
        const [row] = await rowsOf('id-10001');
        expect(row).toMatchObject({ revision: 1, order_sn: '10001', status: 'paid', order_amount: '129.40' });
        expect(row?.['paid_at']).toEqual(new Date('2026-11-22T08:00:04Z'));
        const document = row?.['document'];
        expect(typeof document === 'string' ? JSON.parse(document) : document).toEqual(delivery.order);
      });

      test('keeps the newest revision, in whatever order and however often they arrive at the same time', async () => {
        const sink = await aSink(url);
        const upsert = async (revision: number) => {
          const totals = { ...anOrder().totals, grand: `${revision}.10` };
          await sink.upsert(aDelivery({ orderNumber: '10002', totals }, { revision }), aSignal()).catch((error) => {
            expect(error).toMatchObject({
              reason: 'write_rejected',
              message: expect.stringContaining('newer revision'),
            });
          });
        };
        await Promise.all(ARRIVALS.map(upsert));
        expect(await rowsOf('id-10002')).toMatchObject([{ revision: 5, order_amount: '5.10' }]);
        await upsert(4);
        expect(await rowsOf('id-10002')).toMatchObject([{ revision: 5, order_amount: '5.10' }]);
      });

      test('takes the same revision twice: its answer may have been lost', async () => {
        const sink = await aSink(url);
        const delivery = aDelivery({ orderNumber: '10003' });
        await sink.upsert(delivery, aSignal());
        await sink.upsert({ ...delivery, uncertain: true }, aSignal());
        expect(await rowsOf('id-10003')).toHaveLength(1);
      });

      test('refuses an order with its reason', async () => {
        const upsert = (await aSink(url)).upsert(aDelivery({ orderNumber: '10004', currency: 'USD' }), aSignal());
        await expect(upsert).rejects.toMatchObject({
          reason: 'write_rejected',
          message: 'The endpoint refused the order (HTTP 422): we keep no books in USD.',
        });
        expect(await rowsOf('id-10004')).toEqual([]);
      });

      test('refuses another secret, and a message that is too old', async () => {
        const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
        const upsert = (await aSink(url, { INTERNAL_SYSTEM_HTTP_SECRET: other })).upsert(aDelivery(), aSignal());
        await expect(upsert).rejects.toMatchObject({ reason: 'internal_system_refused_credentials' });
        const { body, headers } = signedAt(new Date(Date.now() - 600_000));
        expect((await fetch(url, { method: 'PUT', body, headers })).status).toBe(401);
      });

      test('answers HTTP 500 when its database fails, and writes once that is over', async () => {
        const sink = await aSink(url);
        await workbench.database.sql('RENAME TABLE shop_orders TO put_aside');
        const upsert = () => sink.upsert(aDelivery({ orderNumber: '10005' }), aSignal());
        await expect(upsert()).rejects.toMatchObject({ reason: 'write_failed' });
        await workbench.database.sql('RENAME TABLE put_aside TO shop_orders');
        await upsert();
        expect(await rowsOf('id-10005')).toHaveLength(1);
      });
    },
    ['MySQL'],
  );
});

function signedAt(at: Date) {
  const body = '{}';
  return { body, headers: signatureHeaders(secretKey(SECRET) ?? Buffer.alloc(0), 'shop/1/1', body, at) };
}
