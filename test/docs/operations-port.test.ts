import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aDashboard, bearer, OPERATOR_TOKEN, TOKENS } from '../ops/dashboard/helpers/dashboard.ts';
import { text } from './documents.ts';

const document = JSON.parse(text('schemas/operations-port.openapi.json'));
const ajv = new Ajv2020({ strict: false }).addSchema({ $id: 'https://order-sync.example/api', ...document });

/** The answer's schema, by its name among the components. */
const schemaOf = (path: string, method: 'get' | 'post', status = 200) =>
  `https://order-sync.example/api${document.paths[path][method].responses[status].content['application/json'].schema.$ref}`;

test('schemas/operations-port.openapi.json is valid OpenAPI 3.1', async () => {
  expect(await new Validator().validate(document)).toEqual({ valid: true });
});

test('it has every path that the operations port serves to programs, for whom it serves it', () => {
  const sources = ['ops-server.ts', 'dashboard/session-routes.ts', 'dashboard/routes.ts'];
  const source = sources.map((file) => readFileSync(new URL(`../../src/ops/${file}`, import.meta.url), 'utf8')).join();
  const served = [...source.matchAll(/'(\/(?:livez|readyz|metrics|api\/[\w./*-]+))'/g)].map(([, path = '']) => path);
  const described = Object.keys(document.paths).map((path) => path.replace(/\{\w+\}/, '*'));
  expect(new Set(described)).toEqual(new Set(served));
});

test('what a daemon answers is as described', async () => {
  const order = anOrderDocument({ orderNumber: '10086' });
  const dashboard = await aDashboard({ orders: [order] }, TOKENS);
  await dashboard.publish('10086');
  await dashboard.daemon.line((line) => line['outcome'] === 'synced');
  await dashboard.bystander.publish(dashboard.workplace.queue, 'null');
  await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
  const ask = async (method: 'get' | 'post', path: string, body?: unknown) => {
    const headers = { ...bearer(OPERATOR_TOKEN), 'content-type': 'application/json' };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return await fetch(new URL(path, dashboard.url), { method: method.toUpperCase(), headers, ...init });
  };
  const asked: string[] = [];
  const fits = async (method: 'get' | 'post', described: string, path = described, body?: unknown) => {
    const response = await ask(method, path, body);
    const answer: unknown = await response.json();
    const isFit = ajv.validate(schemaOf(described, method, response.status), answer);
    expect({ path, isFit, errors: ajv.errors }).toEqual({ path, isFit: true, errors: null });
    asked.push(`${method} ${described}`);
    return answer;
  };
  await fits('get', '/readyz');
  for (const path of ['session', 'now', 'order-list', 'order-counts', 'daemons', 'reconciliation', 'activity'])
    await fits('get', `/api/${path}`);
  await fits('get', '/api/orders/{reference}', '/api/orders/10086');
  await fits('post', '/api/search', '/api/search', { text: '10086' });
  const { deadLetters } = (await fits('get', '/api/dead-letters')) as { deadLetters: { id: string }[] };
  const ids = deadLetters.map(({ id }) => id);
  await fits('get', '/api/dead-letters/{id}', `/api/dead-letters/${ids[0]}`);
  await fits('post', '/api/dead-letters/discard', '/api/dead-letters/discard', { ids });
  const { entries } = (await fits('get', '/api/activity')) as { entries: { id: string; action: string }[] };
  const entry = entries.find(({ action }) => action === 'discarded')?.id;
  await fits('get', '/api/activity/{id}', `/api/activity/${entry}`);
  await fits('post', '/api/activity/restore', '/api/activity/restore', { entry });
  await fits('post', '/api/dead-letters/replay', '/api/dead-letters/replay', { all: true });
  await fits('post', '/api/resync/{reference}', '/api/resync/10086');
  await fits('post', '/api/pause', '/api/pause', { reason: 'a test', forMs: null });
  await fits('post', '/api/resume');
  await fits('post', '/api/reconciliation/run', '/api/reconciliation/run', { scan: 'changes' });
  await fits('post', '/api/shipments', '/api/shipments', {
    orderNumber: '10086',
    shipmentId: 'P-1',
    shippedAt: new Date().toISOString(),
  });
  await fits('post', '/api/sign-in', '/api/sign-in', { token: OPERATOR_TOKEN });
  await fits('post', '/api/sign-out');
  const withJson = Object.entries<Record<string, { responses: Record<string, { content?: object }> }>>(
    document.paths,
  ).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { responses }]) =>
        Object.values(responses).some(({ content }) => content !== undefined && 'application/json' in content),
      )
      .map(([method]) => `${method} ${path}`),
  );
  expect(asked).toEqual(expect.arrayContaining(withJson));
});
