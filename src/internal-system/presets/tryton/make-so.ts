import { type SinkDelivery, type SinkResult, SyncError } from '../../erp/index.ts';
import type { Models } from './api.ts';
import type { Articles } from './articles.ts';
import { contentOf, digestOf } from './content.ts';
import type { Facts } from './facts.ts';
import { leftAlone } from './left-alone.ts';
import { type Marker, markerText } from './marker.ts';
import { nextStep, type Step } from './next-step.ts';
import { resolved, type SaleFields } from './resolve.ts';
import { findSales, ownSale, readSale, type Sale } from './sales.ts';
import type { TrytonSettings } from './settings.ts';
import { isForTryton, targetOf } from './target.ts';
import { totalNote } from './totals.ts';

export interface Tryton {
  readonly models: Models;
  readonly facts: Facts;
  readonly articles: Articles;
  readonly settings: TrytonSettings;
}

/** A cancelled sale back to a confirmed one takes four, for instance. More are somebody else's doing. */
const MAX_STEPS = 10;

/**
 * Makes the sale of one order so, a transaction at a time. Each begins with the state that is found, so it does not matter where
 * an earlier attempt has stopped, and none is made on a sale that somebody else has changed since it was read.
 *
 * @throws SyncError; Refusal in Tryton's own words
 */
export async function makeSo(tryton: Tryton, delivery: SinkDelivery): Promise<SinkResult> {
  const { models, settings } = tryton;
  const { order } = delivery;
  const found = ownSale(await findSales(models, delivery, settings.referencePrefix), delivery);
  if (found === undefined && !isForTryton(order)) return {};
  const wanted = wantedOf(tryton, delivery);
  let sale = found ?? (await create(models, wanted));
  const notes = new Set<string>();
  for (let count = 0; count < MAX_STEPS; count++) {
    const step = nextStep(sale, wanted.marker);
    if (step.kind === 'done') return resultOf(sale, notes);
    if (step.kind === 'left') return leftAlone(sale, step.because, delivery);
    const note = step.kind === 'quote' ? totalNote(sale, order, wanted.lines) : undefined;
    if (note !== undefined) notes.add(note);
    if (step.kind === 'write' && isChangedByStaff(sale)) notes.add(OVERWRITTEN);
    sale = await take(step.kind, sale, models, wanted);
  }
  throw new SyncError('write_failed', `Sale ${sale.id} does not come to rest: it is ${sale.state} again.`);
}

interface Wanted {
  readonly marker: Marker;
  /** How many lines the sale has. */
  readonly lines: number;
  /** Its fields, looked up once. @throws SyncError `write_rejected` when Tryton lacks one of the things that they name */
  readonly fields: () => Promise<SaleFields>;
}

function wantedOf({ models, facts, articles, settings }: Tryton, { key, revision, order }: SinkDelivery): Wanted {
  const content = contentOf(order, settings);
  let fields: Promise<SaleFields> | undefined;
  return {
    marker: { key, revision, target: targetOf(order), digest: digestOf(content) },
    lines: content.lines.length,
    fields: () => {
      fields ??= resolved(models, content, facts, articles);
      return fields;
    },
  };
}

async function create(models: Models, { marker, fields }: Wanted): Promise<Sale> {
  const values = { ...(await fields()), description: markerText(marker) };
  return await readSale(models, await models.create('sale.sale', values));
}

type Change = Exclude<Step['kind'], 'done' | 'left'>;

/** @returns the sale as it is then */
async function take(change: Change, before: Sale, models: Models, { marker, fields }: Wanted): Promise<Sale> {
  const description = markerText(marker);
  if (change === 'mark') {
    await models.change('sale.sale', 'write', before, { description });
  } else if (change === 'write') {
    const values = await fields();
    const lines = [['delete', before.lines], ...values.lines];
    await models.change('sale.sale', 'write', before, { ...values, lines, description });
  } else {
    // What cannot be written must not cost the sale its confirmation.
    if (change === 'draft' && marker.target !== 'cancelled') await fields();
    await models.change('sale.sale', change, before);
  }
  const sale = await readSale(models, before.id);
  // Upon a sale that is in work by now, Tryton answers a click as if it had done something.
  if (sale._timestamp !== before._timestamp || sale.state !== before.state) return sale;
  throw new SyncError('write_failed', `Tryton answered, but sale ${sale.id} is still ${sale.state}.`);
}

function resultOf({ id }: Sale, notes: ReadonlySet<string>): SinkResult {
  return { erpId: String(id), ...(notes.size > 0 && { note: [...notes].join(' ') }) };
}

/** Whoever writes it but order-sync, which has made it. */
function isChangedByStaff({ create_uid: maker, write_uid: writer }: Sale): boolean {
  return writer !== null && writer !== maker;
}

const OVERWRITTEN = "Staff had changed the sale: its lines and addresses are the order's again.";
