import { z } from 'zod';
import type { Answer } from '../../toolkit/a-server.ts';

type Row = Readonly<Record<string, unknown>>;

const CONDITIONS = new Set(['eq', 'in', 'gt', 'gteq', 'lt', 'lteq']);
const INTEGERS = new Set(['entity_id', 'store_id', 'customer_id']);
const MAX_PAGE_SIZE = 300;

const criteria = z.object({
  filter_groups: z
    .array(
      z.object({
        filters: z.array(z.object({ field: z.string(), value: z.string(), condition_type: z.string().default('eq') })),
      }),
    )
    .default([]),
  sort_orders: z.array(z.object({ field: z.string(), direction: z.enum(['ASC', 'DESC']) })).default([]),
  page_size: z.coerce.number().optional(),
  current_page: z.coerce.number().default(1),
});

/** `GET /V1/orders`: groups are joined by AND, the filters in each by OR. Without a page size, everything comes. */
export function searchOrders(orders: readonly Row[], url: URL): Answer {
  const given = nested(url.searchParams);
  if (given['searchCriteria'] === undefined) {
    const parameters = { fieldName: 'searchCriteria' };
    return { status: 400, body: { message: '"%fieldName" is required. Enter and try again.', parameters } };
  }
  const { filter_groups, sort_orders, page_size, current_page } = criteria.parse(given['searchCriteria']);
  if ((page_size ?? 0) > MAX_PAGE_SIZE) {
    return {
      status: 400,
      body: { message: 'Maximum SearchCriteria pageSize is %max', parameters: { max: MAX_PAGE_SIZE } },
    };
  }
  const found = orders
    .filter((order) => filter_groups.every(({ filters }) => filters.some((filter) => matches(order, filter))))
    .toSorted((a, b) => {
      for (const { field, direction } of sort_orders) {
        const difference = compare(a[field], b[field]);
        if (difference !== 0) return direction === 'ASC' ? difference : -difference;
      }
      return 0;
    });
  const size = page_size ?? Math.max(found.length, 1);
  // A page beyond the last one is the last one again.
  const page = Math.min(Math.max(current_page, 1), Math.max(Math.ceil(found.length / size), 1));
  const items = found.slice((page - 1) * size, page * size);
  const reply = { items, search_criteria: { page_size, current_page }, total_count: found.length };
  const fields = url.searchParams.get('fields');
  return { status: 200, body: fields === null ? reply : only(reply, fields) };
}

function matches(order: Row, filter: { field: string; value: string; condition_type: string }): boolean {
  const { field, value, condition_type: condition } = filter;
  if (!CONDITIONS.has(condition)) throw new Error(`No stand-in knows the condition ${condition}`);
  const own = order[field];
  const difference = (given: string) => compare(own, INTEGERS.has(field) ? asMySqlInteger(given) : given);
  switch (condition) {
    case 'in':
      return value.split(',').some((given) => difference(given) === 0);
    case 'gt':
      return difference(value) > 0;
    case 'gteq':
      return difference(value) >= 0;
    case 'lt':
      return difference(value) < 0;
    case 'lteq':
      return difference(value) <= 0;
    default:
      return difference(value) === 0;
  }
}

/** "000000012" and "12abc" are 12 to MySQL. */
function asMySqlInteger(text: string): number {
  return Number(/^\d+/.exec(text)?.[0] ?? 0);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [String(a), String(b)];
  return x < y ? -1 : Number(x > y);
}

/** `searchCriteria[filterGroups][0][filters][0][field]=…` as PHP reads it; names in either spelling. */
function nested(parameters: URLSearchParams): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [name, value] of parameters) {
    const [first = '', ...rest] = name.replaceAll(']', '').split('[');
    const keys = [first, ...rest.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))];
    let place: Record<string, unknown> = root;
    for (const key of keys.slice(0, -1)) {
      const known = place[key];
      const next = isRecord(known) ? known : {};
      place[key] = next;
      place = next;
    }
    place[keys.at(-1) ?? ''] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, withLists(value)]));
}

function withLists(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, withLists(each)]);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  return isList ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** `items[entity_id,payment[method]],total_count` */
function only(value: unknown, fields: string): unknown {
  if (Array.isArray(value)) return value.map((each) => only(each, fields));
  if (!isRecord(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const [, name = '', inner] of fields.matchAll(/([a-z_]+)(?:\[((?:[^[\]]|\[[^\]]*\])*)\])?,?/g)) {
    if (value[name] !== undefined) kept[name] = inner === undefined ? value[name] : only(value[name], inner);
  }
  return kept;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
