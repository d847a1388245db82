import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from 'pg';
import type { DemoShop } from '../demo/demo-shop.ts';
import type { OrderDocument } from '../demo/orders/make-orders.ts';
import { compare, type Expectation } from './compare.ts';
import type { Daemon } from './daemon.ts';
import type { Events } from './events.ts';
import { readSales, type StoredSale } from './tryton/sales.ts';
import type { Staff } from './tryton/staff.ts';
import type { TrytonServer } from './tryton/tryton-server.ts';
import type { WatchingProxy } from './tryton/watching-proxy.ts';

/** A lease lasts a minute after a kill, and a minute of work may follow. */
const PATIENCE_SECONDS = 240;

interface Parts {
  readonly shop: DemoShop;
  readonly events: Events;
  readonly tryton: TrytonServer;
  readonly sales: Client;
  readonly ledger: Client;
  readonly staff: Staff;
  readonly proxy: WatchingProxy;
  /** They share the ledger; the first one asks Tryton through the proxy. */
  readonly daemons: readonly [Daemon, Daemon];
}

export interface Row {
  readonly title: string;
  readonly orders: number;
  readonly fields: number;
  readonly problems: readonly string[];
}

/** The shop, the broker, order-sync and Tryton, and what a case can do with them. */
export class Rig {
  readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** The order is so in the shop now, which says so. */
  async happens(...orders: readonly OrderDocument[]): Promise<void> {
    for (const order of orders) {
      this.parts.shop.put(order);
      await this.parts.events.publish(order.orderNumber);
    }
  }

  /** Waits until Tryton has the orders as expected. @returns what it has not */
  async reach(expected: readonly Expectation[]): Promise<Omit<Row, 'title'>> {
    let result = { orders: expected.length, fields: 0, problems: ['not looked at yet'] };
    for (let second = 0; second < PATIENCE_SECONDS && result.problems.length > 0; second += 1) {
      const sales = await readSales(this.parts.sales);
      const all = expected.map((each) => compare(each, sales));
      const fields = all.reduce((sum, each) => sum + each.fields, 0);
      result = { orders: expected.length, fields, problems: all.flatMap(({ problems }) => problems) };
      if (result.problems.length > 0) await pause(1_000);
    }
    return result;
  }

  /** @throws Error when Tryton does not have it so in time */
  async must(...expected: readonly Expectation[]): Promise<StoredSale[]> {
    const { problems } = await this.reach(expected);
    if (problems.length > 0) throw new Error(problems.join('; '));
    const sales = await readSales(this.parts.sales);
    return expected.flatMap(({ order }) => sales.filter(({ reference }) => reference === `web/${order.orderNumber}`));
  }

  /** @throws Error when there are not so many in time */
  async deadLetters(count: number): Promise<void> {
    for (let second = 0; second < PATIENCE_SECONDS; second += 1) {
      if ((await this.parts.events.deadLetters()) === count) return;
      await pause(1_000);
    }
    throw new Error(`expected ${count} dead letters, found ${await this.parts.events.deadLetters()}`);
  }

  /** Waits until the ledger has these conflicts of the order. @returns what is wrong */
  async conflicts(order: OrderDocument, wanted: string): Promise<string[]> {
    let found: unknown;
    for (let second = 0; second < PATIENCE_SECONDS; second += 1) {
      const { rows } = await this.parts.ledger.query('SELECT conflicts FROM orders WHERE order_number = $1', [
        order.orderNumber,
      ]);
      found = rows[0]?.conflicts;
      if (found === wanted) return [];
      await pause(1_000);
    }
    return [`${order.orderNumber}: expected the conflict ${wanted}, found ${found}`];
  }
}
