import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { COMMON_HEADERS, type StreamReply } from '../../../http/reply.ts';
import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import type { OrderCriteria, OrderRecord } from '../../../internal-system/ledger.ts';
import { nextAttemptAt } from '../../../internal-system/next-attempt.ts';
import { pendingCancellation } from '../../../internal-system/pending-cancellation.ts';
import { csvFile } from '../../../order-lists/csv.ts';
import { orderColumns } from '../../../order-lists/order-columns.ts';
import { everyOrder, orderPage } from '../../../order-lists/order-pages.ts';
import { withParcels } from '../../../order-lists/with-parcels.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import { cached } from '../cached.ts';
import {
  COUNTED_LISTS,
  type CountedList,
  type ListedOrder,
  type OrderCounts,
  type OrderList,
} from '../list-messages.ts';
import { listWords } from './list-words.ts';
import { readFileQuery, readPageQuery } from './order-list-query.ts';

const COUNTS_MS = 1_000;
const MOST_COUNTED = 1_000;
/** What a spreadsheet shows, and little more than a minute's work for a database. */
const MOST_EXPORTED = 100_000;
/** At once: the internal system has orders to write. */
const MAX_PAGES = 4;
const MAX_EXPORTS = 2;
/** A client that reads no faster is gone. */
const EXPORT_TIMEOUT_MS = 10 * 60_000;

interface Sources {
  readonly internalSystem: InternalSystem;
  readonly retryDelaysMs: readonly number[];
  /** Whether shipments are reported. Otherwise they are not looked up. */
  readonly reportsShipments: boolean;
}

export interface ListFile extends StreamReply {
  readonly criteria: OrderCriteria;
  readonly withPersonal: boolean;
}

const CRITERIA: Readonly<Record<CountedList, OrderCriteria>> = {
  conflicts: { conflictsOnly: true },
  mismatch: { mismatchOnly: true, by: 'placed' },
  retrying: { state: 'retrying' },
  undelivered: { undeliveredOnly: true },
  'dead-lettered': { state: 'dead-lettered' },
  discarded: { state: 'discarded' },
};

/** Lists of orders, page by page and as files. */
export class OrderListApi {
  readonly #sources: Sources;
  readonly #counts = cached(COUNTS_MS, () => this.#count());
  #pages = 0;
  #exports = 0;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** @throws Refused; SyncError when the internal system does not answer */
  async page(query: URLSearchParams): Promise<OrderList> {
    const filter = readPageQuery(query);
    const list = this.#listOrders();
    if (this.#pages >= MAX_PAGES) throw new Refused(503, 'Too many lists are read at this moment; try again.');
    this.#pages += 1;
    try {
      const { records, next, hasMore } = await orderPage(list, filter);
      return { orders: records.map((record) => this.#listed(record)), next, hasMore };
    } finally {
      this.#pages -= 1;
    }
  }

  /** @throws SyncError when the internal system does not answer */
  counts(): Promise<OrderCounts> {
    return this.#counts.get();
  }

  /**
   * The whole list for a spreadsheet, in the reader's language and zone.
   *
   * @throws Refused; SyncError when the internal system does not answer
   */
  async file(query: URLSearchParams, role: Role): Promise<ListFile> {
    const { language, zone, withPersonal, criteria } = readFileQuery(query);
    if (withPersonal && role !== 'operator')
      throw new Refused(403, 'Personal data is for who signs in with OPS_TOKEN.');
    const list = this.#listOrders();
    if (this.#exports >= MAX_EXPORTS) throw new Refused(503, 'Other lists are being exported; try again in a moment.');
    // Once the file has begun, nobody reads why it breaks off.
    await list({ ...criteria, limit: 1 });
    const { internalSystem, retryDelaysMs, reportsShipments } = this.#sources;
    const columns = orderColumns({ words: listWords(language), retryDelaysMs, withPersonal });
    const found = withParcels(
      everyOrder(list, criteria, MOST_EXPORTED),
      reportsShipments ? internalSystem.shipments : undefined,
    );
    const pieces = csvFile(columns, found, zone);
    return { criteria, withPersonal, open: (response) => void this.#send(pieces, response) };
  }

  /** Never rejects: what breaks off is an incomplete download. */
  async #send(pieces: AsyncIterable<string>, response: ServerResponse): Promise<void> {
    this.#exports += 1;
    response.writeHead(200, {
      ...COMMON_HEADERS,
      'content-type': 'text/csv; charset=utf-8',
      // The page names the file.
      'content-disposition': 'attachment',
    });
    const signal = AbortSignal.timeout(EXPORT_TIMEOUT_MS);
    await pipeline(Readable.from(pieces), response, { signal }).catch(() => undefined);
    this.#exports -= 1;
  }

  #listOrders(): NonNullable<InternalSystem['listOrders']> {
    const { internalSystem } = this.#sources;
    if (internalSystem.listOrders === undefined)
      throw new Refused(501, 'The INTERNAL_SYSTEM module has no listOrders().');
    return internalSystem.listOrders.bind(internalSystem);
  }

  #listed(record: OrderRecord): ListedOrder {
    const { stored, cursor: _place, ...ledger } = record;
    const { document: _document, ...shown } = stored ?? { document: null };
    return {
      ...ledger,
      nextAttemptAt: nextAttemptAt(record, this.#sources.retryDelaysMs),
      pendingCancellation: pendingCancellation(record, [record]) ?? null,
      stored: stored === null ? null : (shown as ListedOrder['stored']),
    };
  }

  async #count(): Promise<OrderCounts> {
    const { internalSystem } = this.#sources;
    const count = async (list: CountedList): Promise<[CountedList, number | null]> => {
      const isHere = list !== 'undelivered' || internalSystem.delivery !== undefined;
      return [list, isHere ? ((await internalSystem.countOrders?.(CRITERIA[list], MOST_COUNTED)) ?? null) : null];
    };
    const counted: [CountedList, number | null][] = [];
    for (const list of COUNTED_LISTS) counted.push(await count(list));
    return { counts: Object.fromEntries(counted) as OrderCounts['counts'], atMost: MOST_COUNTED };
  }
}
