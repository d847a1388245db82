import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { OrderRecord } from '../../internal-system/ledger.ts';
import { type BusinessHours, openSince } from './business-hours.ts';
import type { PaidOrder } from './happening.ts';
import type { SharedMemory } from './shared-memory.ts';

/** How long it is quiet in business hours before that is told. */
export interface SilenceSettings extends BusinessHours {
  readonly afterMs: number;
}

export interface SilenceOptions {
  readonly settings: SilenceSettings;
  readonly memory: SharedMemory;
  readonly listOrders: NonNullable<InternalSystem['listOrders']>;
  /** Since when orders get through without anything in the way; undefined while they don't: then silence means nothing. */
  readonly clearSince: () => Promise<number | undefined>;
  readonly began: (since: number, lastPaid: PaidOrder | null) => void;
  readonly ended: (since: number, until: number) => void;
}

/** Tells that no paid order came in business hours for too long, and when one has. The ledger alone says what came, and when. */
export class Silence {
  readonly #options: SilenceOptions;

  constructor(options: SilenceOptions) {
    this.#options = options;
  }

  /** @throws SyncError while the internal system does not answer */
  async look(now = Date.now()): Promise<void> {
    const { settings, memory, listOrders, clearSince, began, ended } = this.#options;
    if (!(await memory.isMine())) return;
    const told = await memory.silentSince();
    if (told !== undefined) {
      const paid = await lastPaid(listOrders, told);
      if (paid === undefined || Date.parse(paid.at) <= told.getTime()) return;
      if (await memory.noteSilence(undefined)) ended(told.getTime(), Date.parse(paid.at));
      return;
    }
    const open = openSince(now, settings);
    const clear = open === undefined ? undefined : await clearSince();
    const expectedSince = Math.max(open ?? now, clear ?? now);
    if (now - expectedSince < settings.afterMs) return;
    const paid = await lastPaid(listOrders, new Date(now - settings.afterMs));
    if (paid !== undefined && now - Date.parse(paid.at) < settings.afterMs) return;
    const before = paid ?? (await lastPaid(listOrders, new Date(0)));
    const since = Math.max(expectedSince, before === undefined ? 0 : Date.parse(before.at));
    if (now - since < settings.afterMs || !(await memory.noteSilence(new Date(since)))) return;
    began(since, before ?? null);
  }
}

/** A busy shop has one among these. */
const FEW = 20;
const MANY = 500;

/** Of the orders that were touched since then, the one that was paid last. */
async function lastPaid(listOrders: SilenceOptions['listOrders'], since: Date): Promise<PaidOrder | undefined> {
  for (const limit of [FEW, MANY]) {
    const records = await listOrders({ since, limit });
    const paid = records.flatMap(paidOrder).sort((one, other) => other.at.localeCompare(one.at))[0];
    const isAnswer = paid !== undefined && Date.parse(paid.at) > since.getTime();
    if (isAnswer || records.length < limit || limit === MANY) return paid;
  }
  return undefined;
}

/** A shop need not say when an order was paid. */
function paidOrder({ orderNumber, stored }: OrderRecord): PaidOrder[] {
  if (orderNumber === null || stored === null) return [];
  const at = stored.paidAt ?? (stored.status === 'paid' || stored.status === 'completed' ? stored.placedAt : null);
  return at === null ? [] : [{ orderNumber, at }];
}
