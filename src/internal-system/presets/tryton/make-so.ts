import {
  type Conflict,
  changesOf,
  type Order,
  type OrderStatus,
  type SinkDelivery,
  type SinkResult,
  SyncError,
} from '../../erp/index.ts';
import type { Models } from './api.ts';
import type { Articles } from './articles.ts';
import { contentOf, digestOf, type SaleContent } from './content.ts';
import type { Facts } from './facts.ts';
import { type Marker, markerText, type Target } from './marker.ts';
import { nextStep, type Step } from './next-step.ts';
import { resolved } from './resolve.ts';
import { findSales, ownSale, readSale, type Sale } from './sales.ts';
import type { TrytonSettings } from './settings.ts';
import { totalNote } from './totals.ts';

/** From a processed sale of a changed order back to a confirmed one takes five; more are somebody else's doing. */
const MAX_STEPS = 10;

/**
 * Makes the sale of one order so, a transaction at a time. Each begins with the state that is found, so it does not matter where
 * an earlier attempt has stopped, and none is made on a sale that somebody else has changed since it was read.
 */
export class SaleMaker {
  readonly #models: Models;
  readonly #facts: Facts;
  readonly #articles: Articles;
  readonly #settings: TrytonSettings;

  constructor(models: Models, facts: Facts, articles: Articles, settings: TrytonSettings) {
    this.#models = models;
    this.#facts = facts;
    this.#articles = articles;
    this.#settings = settings;
  }

  /** @throws SyncError; Refusal in Tryton's own words */
  async makeSo(delivery: SinkDelivery): Promise<SinkResult> {
    const { order, key, revision } = delivery;
    const target = targetOf(order);
    const content = contentOf(order, this.#settings);
    const want = { key, revision, target, digest: digestOf(content) };
    const models = this.#models;
    let sale = ownSale(await findSales(models, delivery, this.#settings.referencePrefix), delivery);
    if (sale === undefined && (target === 'cancelled' || order.status === 'pending')) return {};
    sale ??= await readSale(models, await this.#create(content, want));
    const notes = new Set<string>();
    for (let count = 0; count < MAX_STEPS; count++) {
      const step = nextStep(sale, want);
      if (step.kind === 'done') return this.#resultOf(sale, notes);
      if (step.kind === 'left') return leftAlone(sale, step.because, delivery);
      const note = step.kind === 'quote' ? totalNote(sale, order, content.lines.length) : undefined;
      if (note !== undefined) notes.add(note);
      if (step.kind === 'write' && isChangedByStaff(sale)) notes.add(OVERWRITTEN);
      sale = await this.#do(step.kind, sale, { content, want });
    }
    throw new SyncError('write_failed', `Sale ${sale.id} does not come to rest: it is ${sale.state} again.`);
  }

  async #create(content: SaleContent, want: Marker): Promise<number> {
    const fields = await resolved(this.#models, content, this.#facts, this.#articles);
    return await this.#models.create('sale.sale', { ...fields, description: markerText(want) });
  }

  /** @returns the sale as it is then */
  async #do(kind: Change, before: Sale, { content, want }: { content: SaleContent; want: Marker }): Promise<Sale> {
    const models = this.#models;
    const description = markerText(want);
    if (kind === 'mark') {
      await models.change('sale.sale', 'write', before, { description });
    } else if (kind === 'write') {
      const fields = await resolved(this.#models, content, this.#facts, this.#articles);
      const lines = [['delete', before.lines], ...fields.lines];
      await models.change('sale.sale', 'write', before, { ...fields, lines, description });
    } else {
      await models.change('sale.sale', kind, before);
    }
    const sale = await readSale(models, before.id);
    // Upon a sale that is in work by now, Tryton answers a click as if it had done something.
    if (sale._timestamp !== before._timestamp || sale.state !== before.state) return sale;
    throw new SyncError('write_failed', `Tryton answered, but sale ${sale.id} is still ${sale.state}.`);
  }

  #resultOf(sale: Sale, notes: ReadonlySet<string>): SinkResult {
    return { erpId: String(sale.id), ...(notes.size > 0 && { note: [...notes].join(' ') }) };
  }
}

type Change = Exclude<Step['kind'], 'done' | 'left'>;

/** An order without lines has nothing that could leave the warehouse. */
function targetOf({ status, lines }: Order): Target {
  return lines.length === 0 ? 'cancelled' : TARGETS[status];
}

const TARGETS: Readonly<Record<OrderStatus, Target>> = {
  pending: 'quotation',
  on_hold: 'quotation',
  paid: 'confirmed',
  completed: 'confirmed',
  refunded: 'cancelled',
  cancelled: 'cancelled',
};

function isChangedByStaff({ create_uid: creator, write_uid: writer }: Sale): boolean {
  return writer !== null && writer !== creator;
}

const OVERWRITTEN = "Staff had changed the sale: its lines and addresses are the order's again.";

/** A person must look at a sale that nobody may change any more, or that staff have cancelled. */
function leftAlone({ id, state }: Sale, because: 'in-work' | 'cancelled-by-staff', delivery: SinkDelivery): SinkResult {
  const erpId = String(id);
  if (because === 'cancelled-by-staff') {
    return { erpId, conflict: ['reinstated'], note: 'The sale was cancelled in Tryton, and was left so.' };
  }
  const conflict = conflictsWith(delivery);
  const note = `The sale is ${state} in Tryton, and was left as it is.`;
  return { erpId, ...(conflict.length > 0 && { conflict }), note };
}

/** Nobody knows what the sale says if no delivery has ever ended: then everything is to be looked at. */
function conflictsWith({ order, previous }: SinkDelivery): readonly Conflict[] {
  if (previous !== undefined) return changesOf(previous.order, order);
  const stop = STOPS[order.status];
  return stop === undefined ? ['items_removed', 'items_added', 'address_changed'] : [stop];
}

const STOPS: Partial<Record<OrderStatus, Conflict>> = {
  cancelled: 'cancelled',
  refunded: 'refunded',
  on_hold: 'on_hold',
  pending: 'no_longer_paid',
};
