import type { Fault } from '../../../demo/shop/faults.ts';
import { aLine, anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';

/**
 * Every secret and all personal data contains a word that appears nowhere else. It may appear in the order tables, which
 * exist for it, and in the body of a dead letter, which is the event itself, but in nothing that the daemon says.
 */
export const SECRET = 'secret-canary';
export const PERSONAL = 'personal-canary';
export const secrets = {
  broker: `${SECRET}-broker`,
  database: `${SECRET}-database`,
  shop: `${SECRET}-shop-token`,
  ops: `${SECRET}-ops-token`,
  viewer: `${SECRET}-viewer-token`,
};
/** Text that attacks a log: ends the line, colours a terminal, reverses the text direction, ends a JavaScript string. */
const NASTY = `${PERSONAL}\r\n{"level":"info"}\u001b[31m\u001b]0;title\u0007\u0085\u2028\u2029\u202e\u0000"\\`;
const STORABLE = NASTY.replaceAll('\u0000', '');

const nasty: Partial<OrderDocument> = {
  orderNumber: 'nasty',
  cancelReason: STORABLE,
  buyerNote: STORABLE,
  buyer: { id: STORABLE, name: STORABLE, email: STORABLE, phone: STORABLE },
  shippingAddress: {
    recipient: STORABLE,
    phone: STORABLE,
    country: STORABLE,
    province: STORABLE,
    city: STORABLE,
    district: STORABLE,
    lines: [STORABLE],
    postcode: STORABLE,
  },
  // Viewers may see what was bought.
  lines: [aLine({ name: STORABLE.replace(PERSONAL, 'tea') })],
};

/** The shop's orders by their peculiarity. A shop can send wrong types, which the builder does not allow. */
export const ORDERS: Readonly<Record<string, OrderDocument>> = {
  nasty: anOrderDocument({ ...nasty, totals: { ...anOrderDocument().totals, grand: '1.00' } }),
  'wrong-values': {
    ...anOrderDocument({ ...nasty, orderNumber: 'wrong-values', currency: NASTY, updatedAt: NASTY }),
    [NASTY]: NASTY,
    buyer: NASTY as unknown as OrderDocument['buyer'],
    lines: [{ [NASTY]: NASTY }] as unknown as OrderDocument['lines'],
    status: NASTY as unknown as OrderDocument['status'],
  },
  'not-storable': anOrderDocument({ ...nasty, orderNumber: 'not-storable', buyerNote: NASTY }),
};

const reply = (status: number, headers: Record<string, string>, body: string): Fault => ({
  kind: 'reply',
  status,
  headers,
  body,
});
const json = { 'content-type': 'application/json' };

export const FAULTS: Readonly<Record<string, Fault>> = {
  'error-500': reply(500, json, JSON.stringify({ error: NASTY })),
  'error-400': reply(400, { 'content-type': 'text/plain', 'x-debug': PERSONAL }, NASTY),
  'html-200': reply(200, { 'content-type': `text/${PERSONAL}` }, NASTY),
  'cut-off': reply(200, json, `{"orderNumber":"cut-off","buyer":"${PERSONAL}`),
  'odd-encoding': reply(200, { ...json, 'content-encoding': PERSONAL }, NASTY),
  'sent-away': reply(
    302,
    { location: `https://${PERSONAL}:${SECRET}@elsewhere.example/${PERSONAL}?t=${SECRET}` },
    NASTY,
  ),
  'sent-home': reply(301, { location: `/orders/moved?token=${SECRET}&name=${PERSONAL}` }, NASTY),
  'another-shape': reply(200, json, JSON.stringify({ orderNumber: { [NASTY]: NASTY }, error: NASTY })),
};

export const MALFORMED = [
  NASTY,
  JSON.stringify({ orderNumber: NASTY, [NASTY]: NASTY }),
  `{"orderNumber":"${PERSONAL}`,
  JSON.stringify([NASTY]),
  JSON.stringify({ event: NASTY }),
];
