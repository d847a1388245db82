import type { Logger } from 'pino';
import { z } from 'zod';
import { BrokerError } from '../../broker/errors.ts';
import { Selection } from '../../dead-letters/selection.ts';
import type { DeadLetterSummary } from '../../dead-letters/summary.ts';
import { SyncError } from '../../errors.ts';
import { json, type Reply, type StreamReply } from '../../http/reply.ts';
import { SCAN_KINDS } from '../../internal-system/reconciliation-store.ts';
import type { Access } from '../http/access.ts';
import { jsonBody, Refused } from '../http/json-body.ts';
import type { OpsRequest, Route } from '../http/routes.ts';
import type { DeadLettersApi } from './api/dead-letters-api.ts';
import type { OrdersApi } from './api/orders-api.ts';
import type { ReconciliationApi } from './api/reconciliation-api.ts';
import type { SearchApi } from './api/search-api.ts';
import { cached } from './cached.ts';
import type { CurrentState } from './live/current-state.ts';
import { filterSchema, parametersOf } from './live/delivery-filter.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { DeadLettersSettled } from './messages.ts';
import { sessionRoutes } from './session-routes.ts';
import { staticRoutes } from './static-files.ts';

export interface DashboardParts {
  readonly access: Access;
  readonly logger: Logger;
  readonly shop: string;
  readonly queue: string;
  readonly state: CurrentState;
  readonly feed: LiveFeed;
  readonly orders: OrdersApi;
  readonly search: SearchApi;
  readonly deadLetters: DeadLettersApi;
  readonly reconciliation: ReconciliationApi;
  readonly isStopping: () => boolean;
}

const IDS_IN_LOG = 20;
/** Polling clients get a snapshot that is at most this old. */
const SNAPSHOT_MS = 500;

/** The ids that a person saw, all dead letters of a reason, or all. */
const selectionBody = z.union([
  z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1_000) }),
  z.strictObject({ reason: z.string().min(1).max(64) }),
  z.strictObject({ all: z.literal(true) }),
]);
/** A column of order numbers, or a mail. */
const searchBody = z.strictObject({ text: z.string().min(1).max(4_000) });
const scanBody = z.strictObject({ scan: z.enum(SCAN_KINDS) });

/** The page and its API. Everything that changes something is a POST, for operators, and leaves a line in the log; so does a search for a person. */
export function dashboardRoutes(parts: DashboardParts): Route[] {
  const { state, feed, orders, deadLetters, reconciliation } = parts;
  const currently = cached(SNAPSHOT_MS, async () => json(state.snapshot(await state.depths())));
  return [
    ...staticRoutes(),
    ...sessionRoutes(parts),
    view('/api/now', () => currently.get()),
    view('/api/live', async ({ query }) => {
      const filter = query.size === 0 ? undefined : validated(parametersOf(query), filterSchema);
      if (feed.isFull) throw new Refused(503, 'Too many pages follow live; this one polls instead.');
      return { open: (response) => void feed.follow(response, filter) };
    }),
    view('/api/orders/*', async ({ rest, role }) => json(await orders.find(rest, role ?? 'viewer'))),
    {
      method: 'POST',
      path: '/api/search',
      for: 'viewer',
      answer: (request) => explained(searched(parts, request)),
    },
    view('/api/dead-letters', async () => json(await deadLetters.list())),
    view('/api/dead-letters/*', async ({ rest, role }) => json(await deadLetters.show(rest, role ?? 'viewer'))),
    view('/api/reconciliation', async () => json(await reconciliation.answer())),

    act(parts, '/api/resync/*', async (request) => {
      await orders.resync(request.rest);
      audit(parts.logger, request, 'resync', `an event for order ${request.rest} was published`, {
        order: request.rest,
      });
      return json({ done: true });
    }),
    act(parts, '/api/shipments', async (request) => {
      const { outcome, shipment } = await orders.ship(await jsonBody(request.message));
      const { orderNumber: order, shipmentId } = shipment;
      audit(parts.logger, request, 'ship', `shipment ${shipmentId} of order ${order}: ${outcome}`, {
        order,
        shipmentId,
      });
      return json({ outcome, orderNumber: order, shipmentId });
    }),
    act(parts, '/api/dead-letters/replay', (request) =>
      settle(parts, request, 'replayed', (selection, onDone) => deadLetters.replay(selection, onDone)),
    ),
    act(parts, '/api/dead-letters/discard', (request) =>
      settle(parts, request, 'discarded', (selection, onDone) => deadLetters.discard(selection, onDone)),
    ),
    act(parts, '/api/reconciliation/run', async (request) => {
      const { scan } = await body(request, scanBody);
      reconciliation.begin(scan);
      audit(parts.logger, request, 'reconcile', 'a reconciliation scan was started', { scan });
      return json({ begun: true }, 202);
    }),
  ];
}

function view(path: string, answer: (request: OpsRequest) => Promise<Reply | StreamReply>): Route {
  return { method: 'GET', path, for: 'viewer', answer: (request) => explained(answer(request)) };
}

function act({ isStopping }: DashboardParts, path: string, answer: (request: OpsRequest) => Promise<Reply>): Route {
  return {
    method: 'POST',
    path,
    for: 'operator',
    answer: (request) => {
      if (isStopping()) throw new Refused(503, 'The daemon is stopping.');
      return explained(answer(request));
    },
  };
}

/** Passes on why the broker, shop or internal system failed: no secret, and no bug here. @throws Refused */
async function explained<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BrokerError || error instanceof SyncError) throw new Refused(503, error.message);
    throw error;
  }
}

async function body<T>({ message }: OpsRequest, schema: z.ZodType<T>): Promise<T> {
  return validated(await jsonBody(message), schema);
}

function validated<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Refused(400, `Invalid request: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** A POST although it changes nothing: an address would end up in histories and logs, and what is searched for may be personal. */
async function searched({ search, logger }: DashboardParts, request: OpsRequest): Promise<Reply> {
  const { text } = await body(request, searchBody);
  const { answer, personalKinds: by } = await search.search(text, request.role ?? 'viewer');
  if (by.length > 0) {
    const found = answer.parts.reduce((sum, { hits }) => sum + hits.length, 0);
    audit(logger, request, 'search', `orders were searched by what is known of a buyer, ${found} found`, { by, found });
  }
  return json(answer);
}

async function settle(
  { logger }: DashboardParts,
  request: OpsRequest,
  action: 'replayed' | 'discarded',
  work: (selection: Selection, onDone: (summary: DeadLetterSummary) => void) => Promise<DeadLettersSettled>,
): Promise<Reply> {
  const wanted = await body(request, selectionBody);
  const selection =
    'reason' in wanted ? new Selection(new Map(), wanted) : Selection.ofIds('ids' in wanted ? wanted.ids : []);
  const orders: string[] = [];
  const settled = await work(selection, ({ order, id }) => {
    if (orders.length < IDS_IN_LOG) orders.push(order ?? id);
  });
  const asked = 'ids' in wanted ? { ids: wanted.ids.length } : wanted;
  audit(logger, request, action, `${settled.done} dead letters ${action}`, { asked, ...settled, orders });
  return json(settled);
}

/** Logs who did what, from where. */
function audit(logger: Logger, { role, address }: OpsRequest, action: string, text: string, fields: object): void {
  logger.warn({ audit: action, role, address, ...fields }, `dashboard: ${text}`);
}
