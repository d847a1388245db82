import { ConfigError, SyncError } from '../../errors.ts';
import { isOrderReference, isPlainReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import type { RestShopOptions } from './options.ts';

type Templates = Pick<
  RestShopOptions,
  'baseUrl' | 'orderPath' | 'ordersPath' | 'changesPath' | 'placedPath' | 'shipmentPath'
>;

/**
 * The addresses of a shop's API. A template is a path below the base URL, with the placeholders `{reference}`;
 * `{references}` and `{count}`; `{since}` and `{page}`; `{reference}` and `{shipmentId}`.
 *
 * The values come from outside. So an order reference must match the allow-list, every value is encoded, and the finished URL
 * must lie where the template put it: encoding alone lets ".." through.
 */
export class ShopUrls {
  readonly origin: string;
  readonly #prefix: string;
  readonly #orderPath: string;
  readonly #ordersPath: string;
  readonly #changesPath: string;
  readonly #placedPath: string;
  readonly #shipmentPath: string | undefined;
  /** What is around the reference in an order's path; undefined if it takes a closer look. */
  readonly #aroundReference: readonly string[] | undefined;

  /** @throws ConfigError that names every template which is wrong */
  constructor(templates: Templates) {
    const base = parseBaseUrl(templates.baseUrl);
    this.origin = base.origin;
    this.#prefix = base.pathname.replace(/\/+$/, '');
    this.#orderPath = templates.orderPath;
    this.#ordersPath = templates.ordersPath;
    this.#changesPath = templates.changesPath;
    this.#placedPath = templates.placedPath;
    this.#shipmentPath = templates.shipmentPath;
    const problems = [
      ...this.#problems('SHOP_ORDER_PATH', this.#orderPath, { reference: '1' }),
      ...this.#problems('SHOP_ORDERS_PATH', this.#ordersPath, { references: '1' }, { count: '1' }),
      ...this.#problems('SHOP_CHANGES_PATH', this.#changesPath, { since: '1', page: '1' }),
      ...this.#problems('SHOP_PLACED_PATH', this.#placedPath, { since: '1', page: '1' }),
      ...(this.#shipmentPath === undefined
        ? []
        : this.#problems('SHOP_SHIPMENT_PATH', this.#shipmentPath, { reference: '1', shipmentId: '1' })),
    ];
    if (problems.length > 0) throw new ConfigError(problems);
    const around = pathOf(this.order(SAMPLE)).split(SAMPLE);
    // With what follows, that may be an encoded dot.
    this.#aroundReference = around.some((text) => /%.?$/.test(text)) ? undefined : around;
  }

  /** @throws SyncError `malformed_event` when this is not an order reference */
  order(reference: string): URL {
    assertReference(reference);
    return this.#build(this.#orderPath, { reference: encodeURIComponent(reference) });
  }

  /** The path of `order`, query included: without parsing it, as nearly all references are letters and digits. @throws likewise */
  orderPath(reference: string): string {
    if (this.#aroundReference === undefined || !isPlainReference(reference)) return pathOf(this.order(reference));
    return this.#aroundReference.join(reference);
  }

  /** @throws SyncError `malformed_event` when one of these is not an order reference */
  orders(references: readonly string[]): URL {
    references.forEach(assertReference);
    const list = references.map((reference) => encodeURIComponent(reference)).join(',');
    return this.#build(this.#ordersPath, { references: list, count: String(references.length) });
  }

  changes(since: Date, page: number): URL {
    return this.#build(this.#changesPath, { since: encodeURIComponent(since.toISOString()), page: String(page) });
  }

  placed(since: Date, page: number): URL {
    return this.#build(this.#placedPath, { since: encodeURIComponent(since.toISOString()), page: String(page) });
  }

  /** Of a shop that takes shipments. @throws SyncError `malformed_event` when a name is none */
  shipment(reference: string, shipmentId: string): URL {
    [reference, shipmentId].forEach(assertReference);
    const values = { reference: encodeURIComponent(reference), shipmentId: encodeURIComponent(shipmentId) };
    return this.#build(this.#shipmentPath ?? '', values);
  }

  #build(template: string, values: Readonly<Record<string, string>>): URL {
    const text = this.origin + this.#prefix + template.replaceAll(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
    const url = URL.parse(text);
    // Parsing resolves "..", "//" and "\": if it changes the path, the path was not what it seemed.
    if (url === null || url.origin !== this.origin || !text.startsWith(url.origin + url.pathname)) {
      throw new SyncError(
        'unexpected',
        `The shop's address for this request would leave ${this.origin}${this.#prefix}/.`,
      );
    }
    return url;
  }

  #problems(
    name: string,
    template: string,
    required: Readonly<Record<string, string>>,
    optional: Readonly<Record<string, string>> = {},
  ): string[] {
    const holes = new Set(Array.from(template.matchAll(/\{(.*?)\}/g), ([, hole]) => hole ?? ''));
    const found = `found "${template.replace(/\?.*/s, '?…')}"`;
    const needed = Object.keys(required);
    const unknown = [...holes].filter((hole) => !Object.hasOwn({ ...required, ...optional }, hole));
    if (!needed.every((hole) => holes.has(hole))) {
      return [`${name}: expected a path that contains {${needed.join('} and {')}}, ${found}.`];
    }
    if (unknown.length > 0) return [`${name}: unknown placeholder {${unknown.join('}, {')}}, ${found}.`];
    if (!/^\/(?!\/)/.test(template) || template.includes('#')) {
      return [`${name}: expected a path that starts with one "/" and has no "#", ${found}.`];
    }
    try {
      this.#build(template, { ...required, ...optional });
      return [];
    } catch {
      return [`${name}: expected a path below SHOP_BASE_URL without "..", ${found}.`];
    }
  }
}

const SAMPLE = 'order-sync-sample';

/** Everything below the origin. */
export function pathOf({ pathname, search }: URL): string {
  return pathname + search;
}

function parseBaseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(['SHOP_BASE_URL: expected an address such as https://shop.example/api.']);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError([
      'SHOP_BASE_URL: expected an address without user name and password; put the token into SHOP_TOKEN.',
    ]);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError([
      'SHOP_BASE_URL: expected an address without "?" and "#"; queries belong in the path templates.',
    ]);
  }
  return url;
}

function assertReference(reference: string): void {
  if (isOrderReference(reference)) return;
  throw new SyncError('malformed_event', `Not an order number: expected ${ORDER_REFERENCE_RULE}.`);
}
