/** Order numbers have 20 digits, so that they are at the same places in every reply. */
export const NUMBER_LENGTH = 20;
const NUMBER_MARK = '#'.repeat(NUMBER_LENGTH);
const VERSION_LENGTH = 3;
const VERSION_MARK = '@'.repeat(VERSION_LENGTH);

export const LINES_PER_ORDER = 3;
export const GRAND_TOTAL = '248.40';

/** The time of version 0; each version is a millisecond later than the one before. */
const UPDATED_AT = `2026-11-22T08:00:05.${VERSION_MARK}Z`;

const ORDER = {
  orderNumber: NUMBER_MARK,
  shopOrderId: `s${NUMBER_MARK}`,
  status: 'paid',
  currency: 'CNY',
  placedAt: '2026-11-22T08:00:00Z',
  paidAt: '2026-11-22T08:00:04Z',
  cancelledAt: null,
  updatedAt: UPDATED_AT,
  cancelReason: null,
  buyer: { id: 'u-5512', name: '王小明', email: 'xiaoming@example.com', phone: '+86 138 0000 0000' },
  shippingAddress: {
    recipient: '王小明',
    phone: '+86 138 0000 0000',
    country: 'CN',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    lines: ['文三路 1 号 2 幢 301'],
    postcode: '310000',
  },
  lines: [
    line('1', 'TEA-LJ-250', '龙井茶 250g', 2, '59.90', '10.00', '109.80'),
    line('2', 'CUP-01', 'Glass cup “Śląsk”', 1, '9.60', '0.00', '9.60'),
    line('3', 'TRAY-04', 'Bamboo tray', 1, '119.00', '0.00', '119.00'),
  ],
  totals: { items: '238.40', shipping: '10.00', tax: '0.00', discount: '0.00', refunded: '0.00', grand: GRAND_TOTAL },
  payments: [{ method: 'alipay', transactionId: '2026112222001400001', amount: GRAND_TOTAL, paidAt: null }],
  buyerNote: null,
};

const TEMPLATE = Buffer.from(JSON.stringify(ORDER));
const NUMBER_PLACES = placesOf(NUMBER_MARK);
const VERSION_PLACES = placesOf(VERSION_MARK);

export const ORDER_BYTES = TEMPLATE.length;

/** Writes the order with this number as JSON into `target`. @param version 0 to 999 */
export function writeOrder(target: Buffer, start: number, orderNumber: string, version: number): void {
  TEMPLATE.copy(target, start);
  for (const place of NUMBER_PLACES) target.write(orderNumber, start + place, 'latin1');
  const digits = String(version).padStart(VERSION_LENGTH, '0');
  for (const place of VERSION_PLACES) target.write(digits, start + place, 'latin1');
}

function placesOf(mark: string): number[] {
  const places: number[] = [];
  for (let place = TEMPLATE.indexOf(mark); place !== -1; place = TEMPLATE.indexOf(mark, place + mark.length)) {
    places.push(place);
  }
  return places;
}

function line(
  lineId: string,
  sku: string,
  name: string,
  quantity: number,
  unitPrice: string,
  discount: string,
  lineTotal: string,
) {
  return { lineId, sku, name, quantity, unitPrice, discount, tax: '0.00', lineTotal };
}
