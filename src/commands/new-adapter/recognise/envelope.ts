import { isRecord, isScalar, leavesOf, normalised, ORDER_VOCABULARY } from './leaves.ts';
import { candidates } from './match.ts';
import { ORDER_NAMES, type OrderField } from './names.ts';

/** Where the orders are in a reply. */
export interface Envelope {
  /** From the reply to the order, or to the list of orders. */
  readonly path: readonly string[];
  /** Whether a list is there. */
  readonly isList: boolean;
  /** From an entry of that list to its order: GraphQL's `node`. */
  readonly inEntry: readonly string[];
  /** A field beside the orders that says whether the request succeeded, and its value when it did. */
  readonly verdict?: { readonly path: readonly string[]; readonly success: string | number | boolean };
  readonly orders: readonly Readonly<Record<string, unknown>>[];
}

/** GraphQL's edges, and replies wrapped twice. */
const MAX_DEPTH = 6;
const VERDICTS =
  /^(?:code|errcode|errno|errorcode|ret|retcode|resultcode|returncode|status|success|ok|issuccess|subcode|状态码|错误码)$/;
const SUCCESS = /^(?:0|00000|0000|200|10000|1|true|ok|success)$/i;

/** Finds the orders in a sample: whatever looks most like one. Undefined if nothing does. */
export function findOrders(sample: unknown): Envelope | undefined {
  const found = placesOf(sample, []).map((place) => ({ ...place, likeness: likeness(place.orders) }));
  const best = Math.max(...found.map((place) => place.likeness));
  // Whatever wraps an order looks like it, too.
  const place = found.findLast((candidate) => candidate.likeness === best);
  if (place === undefined || best < 3) return undefined;
  const { path, isList, inEntry, orders } = place;
  const verdict = path.length > 0 && isRecord(sample) ? verdictIn(sample) : undefined;
  return { path, isList, inEntry, orders, ...(verdict === undefined ? {} : { verdict }) };
}

type Place = Pick<Envelope, 'path' | 'isList' | 'inEntry' | 'orders'>;

/** Everything that may be an order or a list of them, outermost first. */
function placesOf(value: unknown, path: readonly string[]): Place[] {
  if (path.length > MAX_DEPTH) return [];
  if (Array.isArray(value)) {
    const entries = value.filter(isRecord);
    if (entries.length === 0 || entries.length < value.filter((entry) => entry !== null).length) return [];
    const inEntry = entries.every((entry) => isRecord(entry['node'])) ? ['node'] : [];
    const orders = inEntry.length === 0 ? entries : entries.map((entry) => entry['node']).filter(isRecord);
    return [{ path, isList: true, inEntry, orders }];
  }
  if (!isRecord(value)) return [];
  const inside = Object.entries(value).flatMap(([key, child]) => placesOf(child, [...path, key]));
  return [{ path, isList: false, inEntry: [], orders: [value] }, ...inside];
}

const TELLING: readonly OrderField[] = [
  'orderNumber',
  'shopOrderId',
  'status',
  'currency',
  'placedAt',
  'grand',
  'recipient',
];

/** How many of the things that only an order has all together are in it. */
function likeness(orders: readonly Record<string, unknown>[]): number {
  const { leaves, lists } = leavesOf(orders, ORDER_VOCABULARY);
  const fields = TELLING.filter((field) => candidates(leaves, field, ORDER_NAMES[field]).length > 0);
  return fields.length === 0 ? 0 : fields.length + Math.min(lists.length, 1);
}

function verdictIn(reply: Record<string, unknown>): Envelope['verdict'] {
  for (const [key, value] of Object.entries(reply)) {
    if (VERDICTS.test(normalised(key)) && isScalar(value) && SUCCESS.test(String(value)))
      return { path: [key], success: value };
  }
  return undefined;
}
