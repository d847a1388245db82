import type { OrderSync } from '../daemon.ts';
import type { Row } from '../row.ts';
import { type Expected, type Scene, type ShippingCase, shippingCases } from './cases.ts';
import type { ShippingShop } from './shipping-shop.ts';
import { Warehouse } from './warehouse.ts';

/** Enters shipments where staff would, and compares each order with what the shop then says was shipped. */
export async function runShipping(shop: ShippingShop, daemon: OrderSync, say: (text: string) => void): Promise<Row[]> {
  await using cleanUp = new AsyncDisposableStack();
  await daemon.command(['check']);
  await daemon.start();
  cleanUp.defer(() => daemon.stop());
  const warehouse = new Warehouse(daemon.database);
  const rows: Row[] = [];
  for (const each of shippingCases(shop.keepsNumbers)) {
    say(`  ${each.title}`);
    const id = await shop.place();
    const scene = { shop, warehouse, daemon, id, number: await warehouse.orderNumber(id) };
    const expected = await each.play(scene);
    const problems = [...(await wrongStates(scene, expected)), ...(await wrongParcels(scene, each))];
    const status = expected.map(({ state }) => state).join(', ');
    rows.push({
      title: `shipment: ${each.title}`,
      status,
      fields: expected.length + each.parcels.length * 2,
      problems,
    });
  }
  return rows;
}

async function wrongStates({ warehouse, number }: Scene, expected: readonly Expected[]): Promise<string[]> {
  const problems: string[] = [];
  for (const { shipmentId, state } of expected) {
    const found = await warehouse.outcome(number, shipmentId);
    if (found.state !== state) problems.push(`${shipmentId} is ${found.state} (${found.error}), expected ${state}`);
  }
  return problems;
}

async function wrongParcels({ shop, id }: Scene, { parcels, corrected }: ShippingCase): Promise<string[]> {
  const sorted = (all: readonly object[]) =>
    all
      .map((parcel) => JSON.stringify(parcel))
      .toSorted()
      .join(' ');
  const inShop = (await shop.parcels(id)).map(({ trackingNumber, pieces }) => ({
    trackingNumber,
    pieces: Object.fromEntries(Object.entries(pieces).toSorted()),
  }));
  const wanted = parcels.map(({ trackingNumber, pieces }) => ({
    trackingNumber,
    pieces: Object.fromEntries(Object.entries(pieces).toSorted()),
  }));
  const wrong = sorted(inShop) === sorted(wanted) ? [] : [`the shop has ${sorted(inShop)}, expected ${sorted(wanted)}`];
  const isMissing = corrected !== undefined && !(await shop.corrected(id)).includes(corrected);
  return isMissing ? [...wrong, `the corrected number ${corrected} is not in the shop`] : wrong;
}
