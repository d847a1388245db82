import { expect, test } from 'vitest';
import { checkAnnouncements } from '../../chaos/checks/check-announcements.ts';
import { checkShipments, type ShipmentRow } from '../../chaos/checks/check-shipments.ts';

const ROW: ShipmentRow = { orderNumber: '1', shipmentId: 'P-1', trackingNumbers: ['A', 'B'], state: 'reported' };

function told(trackingNumber: string, more: object = {}) {
  const name = { orderNumber: '1', shipmentId: 'P-1' };
  return { ...name, body: JSON.stringify({ ...name, trackingNumber, ...more }) };
}

const invariants = (found: readonly { readonly invariant: string }[]) => found.map(({ invariant }) => invariant);

test('a shipment may be reported again, and skip a content that was corrected', () => {
  expect(checkShipments([ROW], [told('A'), told('A'), told('B'), told('B')])).toEqual([]);
  expect(checkShipments([ROW], [told('B')])).toEqual([]);
});

test('a shipment that was lost, set back or made up is found', () => {
  expect(invariants(checkShipments([{ ...ROW, state: 'failed' }], [told('B')]))).toEqual(['I1']);
  expect(invariants(checkShipments([ROW], []))).toEqual(['I1']);
  expect(invariants(checkShipments([ROW], [told('A')]))).toEqual(['I1']);
  expect(invariants(checkShipments([ROW], [told('A'), told('B'), told('A'), told('B')]))).toEqual(['I3']);
  expect(invariants(checkShipments([ROW], [told('B'), told('B', { lines: [] })]))).toEqual(['I5']);
  expect(invariants(checkShipments([ROW], [told('B', { shipmentId: 'P-2' })]))).toEqual(['I5']);
  expect(invariants(checkShipments([], [told('A')]))).toEqual(['I5']);
});

const ORDER = { orderNumber: '1', shopOrderId: 'id-1', revision: 3 };

function announced(...revisions: readonly number[]) {
  const { orderNumber, shopOrderId } = ORDER;
  return revisions.map((revision) => ({
    ...{ orderNumber, shopOrderId, revision },
    ...{ shop: 'shop', messageId: `shop/${shopOrderId}/${revision}` },
  }));
}

test('revisions are announced in their order, and may come again', () => {
  expect(checkAnnouncements([ORDER], announced(1, 2, 1, 2, 3))).toEqual([]);
});

test('a revision that is missing, out of order or made up is found', () => {
  expect(invariants(checkAnnouncements([ORDER], announced(1, 3)))).toEqual(['I1']);
  expect(invariants(checkAnnouncements([ORDER], announced(1, 3, 2)))).toEqual(['I3']);
  expect(invariants(checkAnnouncements([ORDER], announced(1, 2, 3, 4)))).toEqual(['I5']);
  const [first] = announced(1);
  expect(
    invariants(checkAnnouncements([{ ...ORDER, revision: 1 }], first ? [{ ...first, messageId: 'x' }] : [])),
  ).toEqual(['I5']);
});
