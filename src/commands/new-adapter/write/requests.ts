import type { Recognised } from '../recognise/recognise.ts';
import { place, propertyKey, quoted, todo } from './source-text.ts';

export interface RequestSource {
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

/** The fields of an order's two names; one stands for both where there is no other. */
export function namesOf({ fields }: Recognised): {
  readonly number: readonly string[];
  readonly id: readonly string[];
} {
  const [number, id] = [fields.get('orderNumber')?.path, fields.get('shopOrderId')?.path];
  return { number: number ?? id ?? ['id'], id: id ?? number ?? ['id'] };
}

/** How the shop is asked. A sample of a reply says little about requests: nearly all of it is to be decided. */
export function requestSource(recognised: Recognised): RequestSource {
  const { isList, path, inEntry, verdict } = recognised.envelope;
  const isByNumber = recognised.fields.has('orderNumber');
  const { number: name } = namesOf(recognised);
  const usesAt = path.length > 0 || inEntry.length > 0 || verdict !== undefined;
  const which = isList ? 'an order by its name, and does the shop know that parameter' : 'one order';
  return {
    lines: [
      ...(verdict === undefined
        ? []
        : [
            todo(
              `which ${verdict.path.join('.')} says what? order_not_found, shop_refused_credentials, shop_rate_limited …`,
            ),
            'const FAILURES = new Map<string, FailureReason>([]);',
            '',
          ]),
      'export default defineShop((settings) => ({',
      '  api: {',
      "    baseUrl: settings.url('SHOP_BASE_URL'),",
      `    ${todo('how does the shop know who asks? auth.bearer, basic, header, query, signedParameters, oauth1, session.')}`,
      "    auth: auth.bearer(settings.secret('SHOP_TOKEN')),",
      ...verdictLines(verdict),
      '  },',
      `  ${todo(`can the shop be asked by ${name.join('.')}? Events have to name orders the same way.`)}`,
      `  fetchesBy: '${isByNumber ? 'orderNumber' : 'shopOrderId'}',`,
      `  names: [${place(name)}],`,
      `  ${todo(`which request returns ${which}?`)}`,
      ...broken('  one: async (api, reference) =>', `${oneOrder(recognised.envelope, name.at(-1) ?? 'id')},`),
      '  toOrder,',
      `  ${todo('a cheap request that only works with the right token.')}`,
      "  ping: (api) => api.get('/orders', { limit: 1 }),",
      `  ${todo('changed and placed (lists), so that reconciliation finds orders whose event was lost; many, if it is slow.')}`,
      '}));',
    ],
    imports: [
      'auth',
      ...(usesAt ? ['at'] : []),
      ...(verdict === undefined ? [] : ['type FailureReason']),
      ...(isList ? ['lists'] : ['path']),
    ],
  };
}

function broken(before: string, after: string): string[] {
  const line = `${before} ${after}`;
  return line.length <= 120 ? [line] : [before, `    ${after}`];
}

/** The order in the reply to a request for one. */
function oneOrder({ isList, path, inEntry }: Recognised['envelope'], parameter: string): string {
  const inside = (value: string, steps: readonly string[]) =>
    steps.length === 0 ? value : `at(${value}, ${place(steps)})`;
  if (!isList) return inside('await api.get(path`/orders/$' + '{reference}`)', path);
  const reply = `await api.get('/orders', { ${propertyKey(parameter)}: reference })`;
  return inside(`lists.of(${inside(reply, path)})[0]`, inEntry);
}

/** Errors that come with HTTP 200. */
function verdictLines(verdict: Recognised['envelope']['verdict']): string[] {
  if (verdict === undefined) return [];
  return [
    '    problem: ({ statusCode, json }) => {',
    `      const code = String(at(json, ${place(verdict.path)}));`,
    `      return statusCode !== 200 || code === ${quoted(String(verdict.success))} ? undefined : (FAILURES.get(code) ?? 'shop_error');`,
    '    },',
  ];
}
