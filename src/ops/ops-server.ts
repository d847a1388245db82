import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Health } from '../health/health.ts';
import { listen } from '../http/listen.ts';
import { plain, type Reply, type StreamReply, send } from '../http/reply.ts';
import { RequestBudget } from '../http/request-budget.ts';
import { Access, type AccessOptions } from './http/access.ts';
import { Refused } from './http/json-body.ts';
import type { NotePeople } from './http/known-people.ts';
import { answerByRoute, type Route } from './http/routes.ts';
import type { Metrics } from './metrics.ts';

export interface OpsServerOptions extends AccessOptions {
  readonly health: () => Health;
  readonly metrics: Pick<Metrics, 'contentType' | 'render'>;
  /** Hears of changes to OPS_TOKENS_FILE. */
  readonly notePeople?: NotePeople;
  /** Further routes; see dashboard/. */
  readonly routes?: (access: Access) => readonly Route[];
}

export interface OpsServer {
  readonly port: number;
  /** Ends within moments, even while clients are connected. */
  close(): Promise<void>;
}

/** A probe or a scrape takes milliseconds; a client that takes longer is broken or hostile. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 8_192,
};
/** Each open page holds one. */
const MAX_CONNECTIONS = 100;

/**
 * Serves `GET /livez` (200 while the event loop answers), `/readyz` (200, or 503, with the reason for who may look),
 * `/metrics`, and `routes`.
 *
 * @throws ConfigError when it cannot listen there
 */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const access = new Access(options, options.notePeople);
  const routes = [...machineRoutes(options, access), ...(options.routes?.(access) ?? [])];
  const budget = new RequestBudget();
  const costs = new Map(routes.map(({ path, cost }) => [path, cost]));
  const server = createServer(LIMITS, async (request, response) => {
    try {
      if (await budget.take(request.socket, costs.get(request.url ?? '')))
        send(response, await answer(request, routes, access));
    } catch {
      // No failure here may end the daemon.
      response.destroy();
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options, 'OPS_PORT, OPS_HOST');
  access.people.watch();
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        access.people.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Never rejects. */
async function answer(
  request: IncomingMessage,
  routes: readonly Route[],
  access: Access,
): Promise<Reply | StreamReply> {
  try {
    return await answerByRoute(routes, access, request);
  } catch (error) {
    return error instanceof Refused ? error.reply : plain(500, 'The daemon could not answer.');
  }
}

function machineRoutes({ health, metrics }: OpsServerOptions, access: Access): Route[] {
  return [
    {
      method: 'GET',
      path: '/livez',
      for: 'anybody',
      answer: () => (health().live ? plain(200, 'live') : plain(503, 'not live')),
    },
    {
      method: 'GET',
      path: '/readyz',
      // Probes of Kubernetes and balancers carry no token. The status is all that they need; the reason names dependencies.
      for: 'anybody',
      answer: ({ message }) => {
        const { ready, reason, since, paused, warnings = [] } = health();
        const who = access.whoIs(message);
        const mayKnowMore = who !== undefined && who !== 'throttled';
        const all = [...warnings, ...access.people.problems];
        const why = ready ? {} : { reason, since };
        const more = { ready, ...why, paused, warnings: all.length === 0 ? undefined : all };
        const body = `${JSON.stringify(mayKnowMore ? more : { ready })}\n`;
        return { status: ready ? 200 : 503, type: 'application/json; charset=utf-8', body };
      },
    },
    {
      method: 'GET',
      path: '/metrics',
      for: 'viewer',
      answer: async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
    },
  ];
}
