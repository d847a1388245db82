import { setTimeout as pause } from 'node:timers/promises';
import type { OrderSync } from '../daemon.ts';
import { EVERYTHING, type RealParcel, type ShippingShop } from './shipping-shop.ts';
import type { Entered, Warehouse } from './warehouse.ts';

export interface Scene {
  readonly shop: ShippingShop;
  readonly warehouse: Warehouse;
  readonly daemon: OrderSync;
  readonly id: string;
  readonly number: string;
}

export interface ShippingCase {
  readonly title: string;
  /** @returns what each shipment has to become, in the order in which they were entered */
  readonly play: (scene: Scene) => Promise<readonly Expected[]>;
  readonly parcels: readonly RealParcel[];
  /** The number that a parcel was corrected to, wherever the shop keeps it. */
  readonly corrected?: string;
}

export interface Expected {
  readonly shipmentId: string;
  readonly state: 'reported' | 'failed' | 'conflict';
}

const ALL: Entered = { shipmentId: 'L-1', trackingNumber: 'JD-1' };
const PEN: Entered = { shipmentId: 'L-1', trackingNumber: 'JD-1', pieces: { 'PEN-EF': 1 } };
const reported = (...ids: string[]) => ids.map((shipmentId) => ({ shipmentId, state: 'reported' }) as const);
const whole = (trackingNumber: string): RealParcel => ({ trackingNumber, pieces: EVERYTHING });

/** @param keepsNumbers a parcel's number cannot be changed in this shop: the corrected one is elsewhere */
export function shippingCases(keepsNumbers: boolean): readonly ShippingCase[] {
  return [
    {
      title: 'shipped whole',
      play: async (scene) => {
        scene.warehouse.enter(scene.number, ALL);
        return reported('L-1');
      },
      parcels: [whole('JD-1')],
    },
    {
      title: 'shipped in part',
      play: async (scene) => {
        scene.warehouse.enter(scene.number, PEN);
        return reported('L-1');
      },
      parcels: [{ trackingNumber: 'JD-1', pieces: { 'PEN-EF': 1 } }],
    },
    {
      title: 'two parcels at once, then the rest',
      play: async ({ warehouse, number }) => {
        warehouse.enter(number, PEN);
        warehouse.enter(number, { ...PEN, shipmentId: 'L-2', trackingNumber: 'JD-2' });
        for (const id of ['L-1', 'L-2']) await warehouse.outcome(number, id);
        warehouse.enter(number, { shipmentId: 'L-3', trackingNumber: 'JD-3' });
        return reported('L-1', 'L-2', 'L-3');
      },
      parcels: [
        { trackingNumber: 'JD-1', pieces: { 'PEN-EF': 1 } },
        { trackingNumber: 'JD-2', pieces: { 'PEN-EF': 1 } },
        { trackingNumber: 'JD-3', pieces: { 'BOOK-001': 1, 'STK-0': 1 } },
      ],
    },
    {
      title: 'a corrected tracking number',
      play: async ({ warehouse, number }) => {
        warehouse.enter(number, ALL);
        await warehouse.outcome(number, 'L-1');
        warehouse.enter(number, { ...ALL, trackingNumber: 'JD-9' });
        return reported('L-1');
      },
      parcels: [whole(keepsNumbers ? 'JD-1' : 'JD-9')],
      corrected: 'JD-9',
    },
    {
      title: 'reported, the daemon killed, reported again',
      play: async ({ warehouse, number, daemon }) => {
        warehouse.enter(number, PEN);
        for (
          let tries = 0;
          JSON.stringify(warehouse.shipment(number, 'L-1')).includes('"new"') && tries < 600;
          tries += 1
        )
          await pause(50);
        await daemon.kill();
        await daemon.start();
        await warehouse.outcome(number, 'L-1');
        warehouse.forget(number, 'L-1');
        return reported('L-1');
      },
      parcels: [{ trackingNumber: 'JD-1', pieces: { 'PEN-EF': 1 } }],
    },
    {
      title: 'cancelled in the shop meanwhile',
      play: async ({ shop, warehouse, number, id }) => {
        await shop.cancel(id);
        warehouse.enter(number, ALL);
        return [{ shipmentId: 'L-1', state: 'conflict' }];
      },
      parcels: [],
    },
    {
      title: 'a line that the order does not have',
      play: async ({ warehouse, number }) => {
        warehouse.enter(number, { ...PEN, pieces: { 'NB-A5': 1 } });
        return [{ shipmentId: 'L-1', state: 'failed' }];
      },
      parcels: [],
    },
    {
      title: 'more than is left',
      play: async ({ warehouse, number }) => {
        warehouse.enter(number, PEN);
        await warehouse.outcome(number, 'L-1');
        warehouse.enter(number, { shipmentId: 'L-2', trackingNumber: 'JD-2', pieces: { 'PEN-EF': 2 } });
        return [...reported('L-1'), { shipmentId: 'L-2', state: 'failed' }];
      },
      parcels: [{ trackingNumber: 'JD-1', pieces: { 'PEN-EF': 1 } }],
    },
  ];
}
