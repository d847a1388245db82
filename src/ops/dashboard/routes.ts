import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { BrokerError } from '../../broker/errors.ts';
import { Selection } from '../../dead-letters/selection.ts';
import type { DeadLetterSummary } from '../../dead-letters/summary.ts';
import { SyncError } from '../../errors.ts';
import { json, type Reply, type StreamReply } from '../../http/reply.ts';
import type { PauseStore } from '../../internal-system/pause-store.ts';
import { SCAN_KINDS } from '../../internal-system/reconciliation-store.ts';
import { MAX_PAUSE_MS, pauseText } from '../../pause/pause-words.ts';
import type { Access, Who } from '../http/access.ts';
import { jsonBody, Refused } from '../http/json-body.ts';
import type { OpsRequest, Route } from '../http/routes.ts';
import type { ActivityApi } from './api/activity-api.ts';
import type { DaemonsApi } from './api/daemons-api.ts';
import type { DeadLettersApi } from './api/dead-letters-api.ts';
import type { OrderListApi } from './api/order-list-api.ts';
import type { OrdersApi } from './api/orders-api.ts';
import type { ReconciliationApi } from './api/reconciliation-api.ts';
import type { SearchApi } from './api/search-api.ts';
import { type AuditParts, actorOf, audit, logAction } from './audit.ts';
import { cached } from './cached.ts';
import type { CurrentState } from './live/current-state.ts';
import { filterSchema, parametersOf } from './live/delivery-filter.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { DeadLettersSettled } from './messages.ts';
import { sessionRoutes } from './session-routes.ts';
import { staticRoutes } from './static-files.ts';

export interface DashboardParts extends AuditParts {
  readonly access: Access;
  readonly shop: string;
  readonly queue: string;
  readonly state: CurrentState;
  readonly feed: LiveFeed;
  readonly orders: OrdersApi;
  readonly search: SearchApi;
  readonly orderLists: OrderListApi;
  readonly deadLetters: DeadLettersApi;
  readonly daemons: DaemonsApi;
  readonly reconciliation: ReconciliationApi;
  readonly activity: ActivityApi;
  /** Undefined where the internal system keeps none. */
  readonly pauses: PauseStore | undefined;
  readonly isStopping: () => boolean;
}

const IDS_IN_LOG = 20;
/** Polling clients get a snapshot that is at most this old. */
const SNAPSHOT_MS = 500;

const entryId = z.string().min(1).max(64);
/** The ids that a person saw, all dead letters of a reason, or all. */
const selectionBody = z.union([
  z.strictObject({ ids: z.array(z.string().min(1).max(64)).min(1).max(1_000) }),
  z.strictObject({ reason: z.string().min(1).max(64) }),
  z.strictObject({ all: z.literal(true) }),
]);
const pauseBody = z.strictObject({
  reason: z.string().transform(pauseText).pipe(z.string()).nullable(),
  forMs: z.int().min(1_000).max(MAX_PAUSE_MS).nullable(),
});
/** A column of order numbers, or a mail. */
const searchBody = z.strictObject({ text: z.string().min(1).max(4_000) });
const scanBody = z.strictObject({ scan: z.enum(SCAN_KINDS) });
/** All that an action discarded, or some of it. */
const restoreBody = z.strictObject({ entry: entryId, ids: z.array(z.string().max(64)).min(1).max(1_000).optional() });

/** The page and its API. Everything that changes something is a POST, for operators, and leaves a line in the log; so does a search for a person. */
export function dashboardRoutes(parts: DashboardParts): Route[] {
  const { access, state, feed, orders, orderLists, deadLetters, reconciliation, activity, pauses } = parts;
  const currently = cached(SNAPSHOT_MS, async () => json(state.snapshot(await state.depths())));
  return [
    ...staticRoutes(),
    ...sessionRoutes(parts),
    view('/api/now', () => currently.get()),
    view('/api/live', async ({ query, message, who }) => {
      const filter = query.size === 0 ? undefined : validated(parametersOf(query), filterSchema);
      if (feed.isFull) throw new Refused(503, 'Too many pages follow live; this one polls instead.');
      return {
        open: (response) => {
          response.on(
            'close',
            access.people.onChange(() => endUnlessStill(access, message, who, response)),
          );
          void feed.follow(response, filter);
        },
      };
    }),
    view('/api/orders/*', async ({ rest, role }) => json(await orders.find(rest, role ?? 'viewer'))),
    view('/api/order-list', async ({ query }) => json(await orderLists.page(query))),
    view('/api/order-counts', async () => json(await orderLists.counts())),
    view('/api/order-list.csv', async (request) => {
      const file = await orderLists.file(request.query, request.role ?? 'viewer');
      const { withPersonal, criteria } = file;
      if (withPersonal) await audit(parts, request, 'exported', 'a list with personal data was exported', { criteria });
      return file;
    }),
    {
      method: 'POST',
      path: '/api/search',
      for: 'viewer',
      answer: (request) => explained(searched(parts, request)),
    },
    view('/api/dead-letters', async ({ role }) => json(await deadLetters.list(role ?? 'viewer'))),
    view('/api/dead-letters/*', async ({ rest, role }) => json(await deadLetters.show(rest, role ?? 'viewer'))),
    view('/api/daemons', async () => json(await parts.daemons.answer())),
    view('/api/reconciliation', async () => json(await reconciliation.answer())),

    act(parts, '/api/resync/*', async (request) => {
      await orders.resync(request.rest);
      await audit(parts, request, 'resync', `an event for order ${request.rest} was published`, {
        order: request.rest,
      });
      return json({ done: true });
    }),
    act(parts, '/api/shipments', async (request) => {
      const { outcome, shipment } = await orders.ship(await jsonBody(request.message));
      const { orderNumber: order, shipmentId } = shipment;
      const text = `shipment ${shipmentId} of order ${order}: ${outcome}`;
      await audit(parts, request, 'ship', text, { order, shipmentId });
      return json({ outcome, orderNumber: order, shipmentId });
    }),
    act(parts, '/api/dead-letters/replay', (request) =>
      settle(parts, request, 'replayed', (selection, onDone) => deadLetters.replay(selection, onDone)),
    ),
    act(parts, '/api/dead-letters/discard', (request) =>
      settle(parts, request, 'discarded', (selection, onDone) =>
        deadLetters.discard(selection, actorOf(request), onDone),
      ),
    ),
    act(parts, '/api/pause', async (request) => {
      const { reason, forMs } = await body(request, pauseBody);
      const pause = await keeping(pauses).pause({ by: actorOf(request).name, reason, forMs: forMs ?? undefined });
      await audit(parts, request, 'pause', 'paused', { pauseReason: reason, until: pause.until });
      return json(pause);
    }),
    act(parts, '/api/resume', async (request) => {
      const ended = await keeping(pauses).resume(actorOf(request).name);
      await audit(parts, request, 'resume', ended === undefined ? 'was not paused' : 'resumed');
      return json({ ended: ended ?? null });
    }),
    act(parts, '/api/reconciliation/run', async (request) => {
      const { scan } = await body(request, scanBody);
      reconciliation.begin(scan);
      await audit(parts, request, 'reconcile', 'a reconciliation scan was started', { scan });
      return json({ begun: true }, 202);
    }),
    {
      ...view('/api/activity', async ({ query }) => json(await activity.list(before(query)))),
      for: 'operator',
    },
    { ...view('/api/activity/*', async ({ rest }) => json(await activity.restorable(rest))), for: 'operator' },
    act(parts, '/api/activity/restore', async (request) => {
      const { entry, ids } = await body(request, restoreBody);
      const orders: string[] = [];
      const restored = await activity.restore(entry, ids, ({ order, deadLetterId }) => {
        if (orders.length < IDS_IN_LOG) orders.push(order ?? deadLetterId);
      });
      await audit(parts, request, 'restored', `${restored.done} discarded dead letters restored`, {
        ...restored,
        orders,
      });
      return json(restored);
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

/** Whoever the tokens file names no longer, or with another role, sees nothing more from now on. */
function endUnlessStill(
  access: Access,
  message: IncomingMessage,
  then: Who | undefined,
  response: ServerResponse,
): void {
  const now = access.whoIs(message);
  const isStill = now !== undefined && now !== 'throttled' && now.name === then?.name && now.role === then.role;
  if (!isStill) response.destroy();
}

function before(query: URLSearchParams): string | undefined {
  const id = query.get('before');
  return id === null ? undefined : validated(id, entryId);
}

/** A POST although it changes nothing: an address would end up in histories and logs, and what is searched for may be personal. */
async function searched(parts: DashboardParts, request: OpsRequest): Promise<Reply> {
  const { text } = await body(request, searchBody);
  const { answer, personalKinds: by } = await parts.search.search(text, request.role ?? 'viewer');
  if (by.length > 0) {
    const found = answer.parts.reduce((sum, { hits }) => sum + hits.length, 0);
    await audit(parts, request, 'searched', `orders were searched by what is known of a buyer, ${found} found`, {
      by,
      found,
    });
  }
  return json(answer);
}

async function settle(
  parts: DashboardParts,
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
  const text = `${settled.done} dead letters ${action}`;
  const fields = { asked, ...settled, orders };
  // A discard is in the audit before it happens.
  if (action === 'discarded') logAction(parts, request, action, text, fields);
  else await audit(parts, request, action, text, fields);
  return json(settled);
}

/** @throws Refused where there is nowhere to keep a pause */
function keeping(pauses: PauseStore | undefined): PauseStore {
  if (pauses === undefined) throw new Refused(409, 'This internal system keeps no pauses: stop the daemons instead.');
  return pauses;
}
