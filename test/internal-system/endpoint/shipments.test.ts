import { describe, expect, test } from 'vitest';
import createEndpointSink from '../../../src/internal-system/endpoint/endpoint-sink.ts';
import { type Answer, anEndpoint, aSignal, aSink, SECRET } from './an-endpoint.ts';
import { isGenuine } from './is-genuine.ts';

async function listAnswered(answer: Answer, cursor: string | null = null) {
  const { url, requests } = await anEndpoint(() => answer);
  const sink = await aSink(url, { INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL: `${url}/shipped?warehouse=1` });
  return { requests, listed: sink.listShipments?.(cursor, aSignal()) };
}

const SHIPMENT = { orderNumber: '10086', shipmentId: 'P-1', shippedAt: '2026-11-23T09:30:00Z' };

describe('what was shipped', () => {
  test('is asked for with a signed GET, and goes on where the last answer ended', async () => {
    const body = JSON.stringify({ shipments: [SHIPMENT], cursor: 'b&c' });
    const first = await listAnswered({ status: 200, body });
    expect(await first.listed).toEqual({ shipments: [SHIPMENT], cursor: 'b&c' });
    expect(first.requests).toMatchObject([{ method: 'GET', url: '/shipped?warehouse=1' }]);
    expect(first.requests.map((request) => isGenuine(request, SECRET))).toEqual([true]);
    const second = await listAnswered({ status: 200, body }, 'b&c');
    await second.listed;
    expect(second.requests).toMatchObject([{ url: '/shipped?warehouse=1&cursor=b%26c' }]);
  });

  test('may be nothing', async () => {
    const { listed } = await listAnswered({ status: 200, body: '{"shipments":[]}' });
    expect(await listed).toEqual({ shipments: [], cursor: null });
  });

  test.each([
    ['a wrong secret', { status: 401 }, 'internal_system_refused_credentials'],
    ['nothing there', { status: 404 }, 'internal_system_unavailable'],
    ['trouble there', { status: 500 }, 'internal_system_unavailable'],
    ['a login page', { status: 200, body: '<!doctype html>' }, 'internal_system_unavailable'],
    ['no list', { status: 200, body: '{"shipments":"none"}' }, 'write_failed'],
  ])('fails with %s', async (_, answer, reason) => {
    const { listed } = await listAnswered(answer);
    await expect(listed).rejects.toMatchObject({ reason });
  });

  test('is not asked for without its address, nor on another server, which would get the signature', async () => {
    expect((await aSink('https://erp.example')).listShipments).toBeUndefined();
    const env = {
      INTERNAL_SYSTEM_HTTP_URL: 'https://erp.example',
      INTERNAL_SYSTEM_HTTP_SECRET: SECRET,
      INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL: 'https://other.example/shipped',
    };
    expect(() => createEndpointSink({ shop: 'shop', env })).toThrow(
      'INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL: another server',
    );
  });
});
