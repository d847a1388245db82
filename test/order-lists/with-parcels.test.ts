import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { OrderRecord } from '../../src/internal-system/ledger.ts';
import type { ShipmentRecord } from '../../src/internal-system/shipment-store.ts';
import { orderColumns } from '../../src/order-lists/order-columns.ts';
import { withParcels } from '../../src/order-lists/with-parcels.ts';

const words = { header: (name: string) => name, word: (_: string, code: string) => code, yes: 'yes' };
const tracking = orderColumns({ words, retryDelaysMs: [], withPersonal: false }).find(
  ({ header }) => header === 'tracking_numbers',
);

const anOrder = (orderNumber: string, stored: object | null = {}) => ({ orderNumber, stored }) as OrderRecord;
const aParcel = (orderNumber: string, trackingNumber: string | null) =>
  ({ orderNumber, trackingNumber }) as ShipmentRecord;

test('each order has its tracking numbers, and they are looked up for many at once', async () => {
  const asked: number[] = [];
  const ofOrders = async (numbers: readonly string[]) => {
    asked.push(numbers.length);
    return [
      aParcel('0', '0012345678901234567890'),
      aParcel('0', null),
      aParcel('0', 'SF2'),
      aParcel('700', 'YT3'),
    ].filter(({ orderNumber }) => numbers.includes(orderNumber));
  };
  const orders = Array.from({ length: 701 }, (_, index) => anOrder(String(index)));
  const found = await Readable.from(withParcels(Readable.from(orders), { ofOrders })).toArray();
  const numbers = found.map((order) => tracking?.value(order));
  expect([numbers[0], numbers[1], numbers[700]]).toEqual(['0012345678901234567890 SF2', '', 'YT3']);
  expect(found).toHaveLength(701);
  expect(asked).toEqual([500, 201]);
});

test('nothing is looked up for what is not stored, or where nobody reports shipments', async () => {
  const asked: (readonly string[])[] = [];
  const ofOrders = async (numbers: readonly string[]) => {
    asked.push(numbers);
    return [aParcel('1', 'SF1')];
  };
  const failed = [anOrder('1', null)];
  const [order] = await Readable.from(withParcels(Readable.from(failed), { ofOrders })).toArray();
  expect(asked).toEqual([[]]);
  expect(tracking?.value(order)).toBe('');
  const without = await Readable.from(withParcels(Readable.from([anOrder('1')]), undefined)).toArray();
  expect(without).toMatchObject([{ orderNumber: '1', parcels: [] }]);
});
