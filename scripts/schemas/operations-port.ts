import { z } from 'zod';
import type { JsonSchema } from './forms.ts';
import { ANSWERS, type AnswerName } from './operations-answers.ts';

interface Operation {
  readonly summary: string;
  readonly for: 'anybody' | 'viewer' | 'operator';
  /** A status other than 200. */
  readonly status?: number;
  readonly answer: AnswerName | 'text' | 'csv' | 'events';
  /** Name → what it is, of the query. */
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonSchema;
}

const LIST_QUERY = {
  by: 'activity (as it is if left out) or placed',
  since: 'a UTC instant: at this time or later',
  until: 'a UTC instant: before',
  state: 'of the last delivery',
  conflicts: 'true: only open conflicts',
  mismatch: 'true: only amounts that do not add up',
  undelivered: 'true: only what the ERP has not got',
};
const selection: JsonSchema = {
  oneOf: [
    object({ ids: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1_000 } }),
    object({ reason: { type: 'string' } }),
    object({ all: { const: true } }),
  ],
};

/** Every path of the operations port but the page's own files. */
const PATHS: Readonly<Record<string, Readonly<Partial<Record<'get' | 'post', Operation>>>>> = {
  '/livez': { get: { summary: 'Is it alive? 503: restart it.', for: 'anybody', answer: 'text' } },
  '/readyz': { get: { summary: 'Does it sync orders? 503: not now.', for: 'anybody', answer: 'Readiness' } },
  '/metrics': { get: { summary: 'Metrics for Prometheus', for: 'viewer', answer: 'text' } },
  '/api/session': { get: { summary: 'Who asks, and what this daemon is', for: 'anybody', answer: 'Session' } },
  '/api/sign-in': {
    post: {
      summary: 'Begins a session, with a cookie',
      for: 'anybody',
      answer: 'Session',
      body: object({ token: { type: 'string' } }),
    },
  },
  '/api/sign-out': { post: { summary: 'Ends the session', for: 'anybody', answer: 'Session' } },
  '/api/now': { get: { summary: 'What the daemon does now', for: 'viewer', answer: 'Now' } },
  '/api/live': {
    get: {
      summary: 'The same as it changes, as server-sent events',
      for: 'viewer',
      answer: 'events',
      query: {
        order: 'only deliveries of this order; may be repeated',
        outcome: 'only with this outcome; may be repeated',
        reason: 'only for this reason; may be repeated',
      },
    },
  },
  '/api/orders/{reference}': { get: { summary: 'Where is this order?', for: 'viewer', answer: 'Order' } },
  '/api/search': {
    post: {
      summary: 'The orders that a text may mean. Searching for a person is for operators.',
      for: 'viewer',
      answer: 'SearchResult',
      body: object({ text: { type: 'string', minLength: 1, maxLength: 4_000 } }),
    },
  },
  '/api/order-list': {
    get: {
      summary: 'Orders, a page at a time',
      for: 'viewer',
      answer: 'OrderList',
      query: { ...LIST_QUERY, limit: 'orders a page', after: 'the "next" of the page before' },
    },
  },
  '/api/order-counts': { get: { summary: 'How many orders need somebody', for: 'viewer', answer: 'OrderCounts' } },
  '/api/order-list.csv': {
    get: {
      summary: 'The whole list as a file for spreadsheets',
      for: 'viewer',
      answer: 'csv',
      query: {
        ...LIST_QUERY,
        language: 'en or zh',
        zone: 'an IANA time zone',
        personal: 'true: with the buyers, for operators',
      },
    },
  },
  '/api/dead-letters': { get: { summary: 'What needs a person', for: 'viewer', answer: 'DeadLetters' } },
  '/api/dead-letters/{id}': { get: { summary: 'One, with its message', for: 'viewer', answer: 'DeadLetter' } },
  '/api/dead-letters/replay': {
    post: { summary: 'Gives events a fresh start', for: 'operator', answer: 'Settled', body: selection },
  },
  '/api/dead-letters/discard': {
    post: { summary: 'Gives events up', for: 'operator', answer: 'Settled', body: selection },
  },
  '/api/daemons': { get: { summary: 'Every daemon of this internal system', for: 'viewer', answer: 'Daemons' } },
  '/api/reconciliation': { get: { summary: 'What the last scans found', for: 'viewer', answer: 'Reconciliation' } },
  '/api/reconciliation/run': {
    post: {
      summary: 'Begins a scan',
      for: 'operator',
      status: 202,
      answer: 'Begun',
      body: object({ scan: { type: 'string' } }),
    },
  },
  '/api/resync/{reference}': { post: { summary: 'Has an order fetched again', for: 'operator', answer: 'Done' } },
  '/api/shipments': {
    post: {
      summary: 'Enters a shipment: docs/shipments.md has the fields',
      for: 'operator',
      answer: 'Shipment',
      body: { type: 'object', required: ['orderNumber', 'shipmentId', 'shippedAt'] },
    },
  },
  '/api/pause': {
    post: {
      summary: 'Pauses all daemons of the shop',
      for: 'operator',
      answer: 'Pause',
      body: object({ reason: { type: ['string', 'null'] }, forMs: { type: ['integer', 'null'], minimum: 1_000 } }),
    },
  },
  '/api/resume': { post: { summary: 'Ends the pause', for: 'operator', answer: 'Resumed' } },
  '/api/activity': {
    get: {
      summary: 'Who did what, newest first',
      for: 'operator',
      answer: 'Activity',
      query: { before: 'the id of an entry: only older ones' },
    },
  },
  '/api/activity/{id}': { get: { summary: 'What this action discarded', for: 'operator', answer: 'Restorable' } },
  '/api/activity/restore': {
    post: {
      summary: 'Brings discarded dead letters back',
      for: 'operator',
      answer: 'Restored',
      body: {
        type: 'object',
        required: ['entry'],
        properties: { entry: { type: 'string' }, ids: { type: 'array', items: { type: 'string' } } },
        additionalProperties: false,
      },
    },
  },
};

/** What OPS_PORT serves to programs, as OpenAPI 3.1. */
export function operationsPort(): JsonSchema {
  const paths = Object.entries(PATHS).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, operation]) => [method, described(path, operation)])),
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: "order-sync's operations port",
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'What the daemon answers on OPS_PORT. docs/dashboard.md says who may do what. Programs send a token; a POST without one needs a ' +
        'session, and comes from the page. Objects may get more fields. Written by scripts/schemas/write-schemas.ts.',
    },
    servers: [{ url: 'http://127.0.0.1:9464', description: 'OPS_HOST and OPS_PORT' }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'OPS_TOKEN, OPS_VIEWER_TOKEN, or a token of a person.' },
      },
      schemas: Object.fromEntries(Object.entries(ANSWERS).map(([name, schema]) => [name, plain(schema)])),
    },
  };
}

function described(path: string, operation: Operation): JsonSchema {
  const { summary, query = {}, body, status = 200 } = operation;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: { type: 'string' },
  }));
  return {
    summary,
    ...(operation.for === 'anybody'
      ? { security: [] }
      : { security: [{ token: [] }], description: ROLES[operation.for] }),
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [status]: { description: 'Done.', content: contentOf(operation.answer) },
      ...(operation.for === 'anybody' ? {} : { 401: { description: 'The token is missing, or wrong.' } }),
      default: { description: 'A sentence that says what is wrong.', content: { 'text/plain': {} } },
    },
  };
}

const ROLES = { viewer: 'For viewers and operators.', operator: 'For operators.' };

function contentOf(answer: Operation['answer']): JsonSchema {
  if (answer === 'text') return { 'text/plain': {} };
  if (answer === 'csv') return { 'text/csv': {} };
  if (answer === 'events') return { 'text/event-stream': {} };
  return { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } };
}

function object(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', required: Object.keys(properties), properties, additionalProperties: false };
}

function plain(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
