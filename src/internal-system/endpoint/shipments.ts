import { z } from 'zod';
import { SyncError } from '../../errors.ts';
import { describeIssues } from '../../orders/order.ts';
import type { Shipment } from '../../orders/shipment.ts';
import type { SinkShipments } from '../sink/order-sink.ts';
import type { EndpointConnections } from './exchange.ts';
import { busy, isWebPage, misconfigured, notTheEndpoint } from './reply.ts';

/** Whoever records a shipment checks it: one that is wrong is told of, and the others are not held up. */
const shipment = z.custom<Shipment>((value) => typeof value === 'object' && value !== null, 'expected an object');
const page = z.object({ shipments: z.array(shipment), cursor: z.string().max(1_000).nullish() });

/** Asks the company what left its warehouse since the cursor. @throws SyncError */
export async function listShipments(
  connections: EndpointConnections,
  address: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SinkShipments> {
  const reply = await connections.send({ method: 'GET', address, headers }, signal);
  if (reply.statusCode === 429 || reply.statusCode >= 500) throw busy(reply);
  if (reply.statusCode < 200 || reply.statusCode > 299) throw misconfigured(reply);
  if (isWebPage(reply.body)) throw notTheEndpoint(reply);
  const parsed = page.safeParse(jsonOf(reply.body));
  if (!parsed.success) {
    const problem = `can't be used (${describeIssues(parsed.error.issues)})`;
    throw new SyncError(
      'write_failed',
      `The endpoint's list of shipments ${problem}: expected {"shipments":[…],"cursor":"…"}.`,
    );
  }
  return { shipments: parsed.data.shipments, cursor: parsed.data.cursor ?? null };
}

/** The address that continues after the cursor. */
export function shipmentsAddress(url: string, cursor: string | null): URL {
  const address = new URL(url);
  if (cursor !== null) address.searchParams.set('cursor', cursor);
  return address;
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
