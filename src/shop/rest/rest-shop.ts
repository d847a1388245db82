import { header, isNotFound, isWebPage } from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import { parseHttpDate } from '../../client/retry-after.ts';
import { asSyncError } from '../../errors.ts';
import type { Shipment } from '../../orders/shipment.ts';
import { fetchOrders, type Results } from '../batched-fetch.ts';
import { notFoundPage, statusError } from '../http/failures.ts';
import { listChanges } from '../list-changes.ts';
import { listPlaced } from '../list-placed.ts';
import { retryTransient } from '../retry-transient.ts';
import type { FetchResult, OrderStub, ShipmentReport, ShippedOrder, ShopClient } from '../shop-client.ts';
import type { RestShopOptions } from './options.ts';
import { readPage } from './order-pages.ts';
import { readOrder, readOrders } from './read-orders.ts';
import { readReport, shipmentBody } from './report-shipment.ts';
import { RestHttp } from './rest-http.ts';
import { pathOf, ShopUrls } from './shop-urls.ts';

/** No shop has this order: fetching it shows that the shop answers and accepts the token, and nothing more. */
const CHECK_REFERENCE = 'order-sync-check';

const FIRST_PAGE = 1;

/**
 * A shop with a REST API, described by configuration alone.
 *
 * @throws ConfigError when base URL, templates or credentials can't work
 */
export function createRestShop(options: RestShopOptions): ShopClient {
  return new RestShop(options);
}

class RestShop implements ShopClient {
  readonly maxBatch: number;
  readonly maxCalls: number;
  /** Absent unless the shop takes shipments. */
  readonly reportShipment?: NonNullable<ShopClient['reportShipment']>;
  readonly #urls: ShopUrls;
  readonly #http: RestHttp;

  constructor(options: RestShopOptions) {
    this.maxBatch = options.batchSize;
    // Under a rate limit, more calls would only wait in the gate, with batches that can no longer grow.
    this.maxCalls = Math.ceil(options.requestsPerSecond ?? Number.POSITIVE_INFINITY);
    this.#urls = new ShopUrls(options);
    this.#http = new RestHttp(this.#urls.origin, options);
    if (options.shipmentPath !== undefined) this.reportShipment = (...shipment) => this.#reportShipment(...shipment);
  }

  fetchOrders(references: readonly string[], signal: AbortSignal, replied?: () => void): Promise<Results> {
    return fetchOrders(this, references, signal, replied);
  }

  async *listUpdatedSince(since: Date, signal: AbortSignal): AsyncGenerator<OrderStub> {
    yield* listChanges(since, async (from, page: number = FIRST_PAGE) =>
      readPage(await this.#getPage(this.#urls.changes(from, page), signal), page, 'changes', from),
    );
  }

  async *listPlacedSince(since: Date, signal: AbortSignal): AsyncGenerator<OrderStub> {
    yield* listPlaced(async (page: number = FIRST_PAGE) =>
      readPage(await this.#getPage(this.#urls.placed(since, page), signal), page, 'placed orders', since),
    );
  }

  /** The `Date` of any reply. */
  async now(signal: AbortSignal): Promise<Date | undefined> {
    const reply = await retryTransient(signal, () => this.#http.get(this.#urls.orderPath(CHECK_REFERENCE), signal));
    const time = parseHttpDate(header(reply, 'date') ?? '');
    return time === undefined ? undefined : new Date(time);
  }

  async check(signal: AbortSignal): Promise<void> {
    const result = await this.one(CHECK_REFERENCE, signal);
    if (result.kind === 'failed' && result.error.kind === 'outage') throw result.error;
    if (this.maxBatch > 1) await this.many([CHECK_REFERENCE], signal);
  }

  /** Once, unlike a scan: a person waits. */
  async warnings(signal: AbortSignal): Promise<readonly string[]> {
    const now = new Date();
    try {
      readPage(await this.#getJson(this.#urls.changes(now, FIRST_PAGE), signal), FIRST_PAGE, 'changes', now);
      return [];
    } catch (cause) {
      const error = asSyncError(cause, 'shop_error');
      // It answers nobody, whatever the path.
      if (error.kind === 'outage') throw error;
      const { message } = error;
      const hint = 'Are the path of SHOP_BASE_URL and SHOP_CHANGES_PATH right?';
      return [`its list of changed orders can't be read, which reconciliation needs: ${message} ${hint}`];
    }
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  one(reference: string, signal: AbortSignal, replied?: () => void): Promise<FetchResult> {
    return this.#http
      .get(this.#urls.orderPath(reference), signal, replied)
      .then((reply) => this.#read(reply, reference));
  }

  #read(reply: Reply, reference: string): FetchResult {
    if (isNotFound(reply)) {
      return isWebPage(reply) ? { kind: 'failed', error: notFoundPage(reply, reference) } : { kind: 'not-found' };
    }
    if (reply.statusCode !== 200) throw statusError(reply, this.#urls.order(reference));
    return readOrder(reply.json, reference);
  }

  async many(references: readonly string[], signal: AbortSignal, replied?: () => void): Promise<Results> {
    return readOrders(await this.#getJson(this.#urls.orders(references), signal, replied), references);
  }

  /** The shop itself knows a shipment by its id, so there is nothing to read before or after. */
  async #reportShipment(shipment: Shipment, order: ShippedOrder, signal: AbortSignal): Promise<ShipmentReport> {
    const url = this.#urls.shipment(order.orderNumber, shipment.shipmentId);
    return readReport(await this.#http.put(pathOf(url), shipmentBody(shipment, order), signal), url, order);
  }

  /** A scan has hundreds of pages: one failed reply must not end it. */
  #getPage(url: URL, signal: AbortSignal): Promise<unknown> {
    return retryTransient(signal, () => this.#getJson(url, signal));
  }

  async #getJson(url: URL, signal: AbortSignal, replied?: () => void): Promise<unknown> {
    const reply = await this.#http.get(pathOf(url), signal, replied);
    if (reply.statusCode !== 200) throw statusError(reply, url);
    return reply.json;
  }
}
