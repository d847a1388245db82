import { describe, expect, it } from 'vitest';
import { listChanges, type OrderPage } from '../../src/shop/list-changes.ts';
import type { OrderStub } from '../../src/shop/shop-client.ts';

const START = Date.parse('2026-11-22T08:00:00Z');

/** A shop's list of changes, which can move between two requests. Times are in ms after the start. */
class MovingList {
  readonly #orders = new Map<string, number>();
  readonly #pageSize: number;
  readonly #readsSinceAsAfter: boolean;
  readonly #beforeRequest: (request: number) => void;
  requests = 0;

  constructor(options: { pageSize: number; readsSinceAsAfter?: boolean; beforeRequest?: (request: number) => void }) {
    this.#pageSize = options.pageSize;
    this.#readsSinceAsAfter = options.readsSinceAsAfter ?? false;
    this.#beforeRequest = options.beforeRequest ?? (() => undefined);
  }

  change(orderNumber: string, ms: number): void {
    this.#orders.set(orderNumber, ms);
  }

  async scan(): Promise<OrderStub[]> {
    const stubs: OrderStub[] = [];
    for await (const stub of listChanges(new Date(START), (since, page: number = 1) => this.#page(since, page)))
      stubs.push(stub);
    return stubs;
  }

  async #page(since: Date, page: number): Promise<OrderPage<number>> {
    this.requests += 1;
    this.#beforeRequest(this.requests);
    const from = since.getTime() - START;
    const matching = [...this.#orders]
      .filter(([, ms]) => (this.#readsSinceAsAfter ? ms > from : ms >= from))
      .sort(([a, msA], [b, msB]) => msA - msB || a.localeCompare(b));
    const orders = matching.slice((page - 1) * this.#pageSize, page * this.#pageSize).map(([orderNumber, ms]) => ({
      orderNumber,
      status: 'paid' as const,
      updatedAt: new Date(START + ms).toISOString(),
    }));
    return { orders, next: page * this.#pageSize < matching.length ? page + 1 : null };
  }
}

function numbers(stubs: readonly OrderStub[]): string[] {
  return stubs.map(({ orderNumber }) => orderNumber);
}

describe('a list that moves while it is read', () => {
  it('hides no order behind one that changes', async () => {
    const list = new MovingList({
      pageSize: 3,
      beforeRequest: (request) => {
        // Behind it, D moves from the second page to the first one, which was read.
        if (request === 2) list.change('A', 9000);
      },
    });
    ['A', 'B', 'C', 'D', 'E', 'F', 'G'].forEach((number, index) => {
      list.change(number, 1000 + index * 1000);
    });
    expect(numbers(await list.scan())).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'A']);
  });

  it('hides no order when more than a page of them changed at the same time', async () => {
    const list = new MovingList({
      pageSize: 3,
      beforeRequest: (request) => {
        if (request === 3) list.change('A', 9000);
      },
    });
    for (const number of ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']) list.change(number, 1000);
    expect(numbers(await list.scan()).sort()).toEqual(['A', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H']);
  });

  it.each([false, true])(
    'lists each order at rest exactly once, however the others move ("since" read as "after": %s)',
    async (after) => {
      for (let seed = 1; seed <= 400; seed += 1) {
        const random = seeded(seed);
        const below = (limit: number) => Math.floor(random() * limit);
        const moved = new Set<string>();
        let now = 20_000;
        const list = new MovingList({
          pageSize: 1 + below(5),
          readsSinceAsAfter: after,
          beforeRequest: (request) => {
            // The list must come to rest, or the scan would not end.
            for (let count = request < 40 ? below(3) : 0; count > 0; count -= 1) {
              const number = `N${below(30)}`;
              moved.add(number);
              now += below(2);
              list.change(number, now);
            }
          },
        });
        // Few distinct times, so that many changes share one; after the start, for a shop that reads "since" as "after".
        for (let index = 0; index < 30; index += 1)
          list.change(`N${index}`, 1 + below(6) * (seed % 2 === 0 ? 1 : 1000));
        const listed = numbers(await list.scan());
        const atRest = Array.from({ length: 30 }, (_, index) => `N${index}`).filter((number) => !moved.has(number));
        expect(listed.filter((number) => !moved.has(number)).sort(), `seed ${seed}`).toEqual(atRest.sort());
      }
    },
  );
});

describe('the scan', () => {
  it('takes little more than one request per page', async () => {
    const list = new MovingList({ pageSize: 10 });
    for (let index = 0; index < 1000; index += 1) list.change(`N${index}`, index * 7);
    expect(await list.scan()).toHaveLength(1000);
    expect(list.requests).toBeLessThan(125);
  });

  it('reads only the pages of a single time twice', async () => {
    const list = new MovingList({ pageSize: 10 });
    for (let index = 0; index < 100; index += 1) list.change(`S${String(index).padStart(3, '0')}`, 1000);
    for (let index = 0; index < 100; index += 1) list.change(`T${index}`, 2000 + index);
    expect(await list.scan()).toHaveLength(200);
    expect(list.requests).toBeLessThan(2 * 11 + 15);
  });

  it('refuses a list that begins with the newest', async () => {
    const orders = [2, 1].map((hour) => ({
      orderNumber: `SO-${hour}`,
      status: 'paid' as const,
      updatedAt: `2026-11-22T0${hour}:00:00Z`,
    }));
    const scan = listChanges(new Date(START), async () => ({ orders, next: null }));
    await expect(scan.next()).rejects.toMatchObject({
      reason: 'shop_bad_reply',
      message: expect.stringContaining('expected oldest first'),
    });
  });

  it('skips earlier changes: some shops filter by day only', async () => {
    const orders = ['07:59:59.999', '08:00:00.000'].map((time) => ({
      orderNumber: `SO-${time.slice(0, 2)}`,
      status: 'paid' as const,
      updatedAt: `2026-11-22T${time}Z`,
    }));
    const listed: OrderStub[] = [];
    for await (const stub of listChanges(new Date(START), async () => ({ orders, next: null }))) listed.push(stub);
    expect(numbers(listed)).toEqual(['SO-08']);
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
