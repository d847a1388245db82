/** A plain HTTP endpoint of the company's own: one PUT for each version of an order. docs/internal-systems.md has the contract. */

import { signatureHeaders } from '../../client/standard-webhooks.ts';
import type { OrderSink, OrderSinkFactory } from '../sink/order-sink.ts';
import { EndpointConnections } from './exchange.ts';
import { addressOf, messageId, messageOf } from './message.ts';
import { probe } from './probe.ts';
import { resultOf } from './reply.ts';
import { httpSettings } from './settings.ts';
import { listShipments, shipmentsAddress } from './shipments.ts';

/** Different orders: an endpoint on one PHP-FPM pool or Node process takes that many easily. */
const MAX_UPSERTS = 4;

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'order-sync' };

const createEndpointSink: OrderSinkFactory = ({ shop, env }): OrderSink => {
  const settings = httpSettings(env);
  const { timeoutMs, shipmentsUrl } = settings;
  const limits = { concurrency: MAX_UPSERTS, timeoutMs };
  const connections = new EndpointConnections(new URL(settings.url).origin, limits);
  const headers = (id: string, body: string) => {
    const [key, token] = [settings.key(), settings.token()];
    return {
      ...JSON_HEADERS,
      'idempotency-key': id,
      ...(key === undefined ? {} : signatureHeaders(key, id, body, new Date())),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
  };
  return {
    maxUpserts: MAX_UPSERTS,
    timeoutMs,
    settleMs: timeoutMs,
    async upsert(delivery, signal) {
      const body = messageOf(delivery);
      const address = addressOf(settings.url, delivery.order);
      const request = { method: 'PUT', address, headers: headers(messageId(delivery), body), body } as const;
      return resultOf(await connections.send(request, signal), delivery.order);
    },
    ...(shipmentsUrl !== undefined && {
      listShipments: (cursor: string | null, signal: AbortSignal) => {
        const address = shipmentsAddress(shipmentsUrl, cursor);
        return listShipments(connections, address, headers(`${shop}/shipments`, ''), signal);
      },
    }),
    check: (signal) => probe(connections, settings.url, headers(`${shop}/check`, ''), signal),
    warnings: async () => settings.warnings,
    close: () => connections.close(),
  };
};

export default createEndpointSink;
