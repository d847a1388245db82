/** What each sample is in the canonical form, worked out by hand. Whatever an order does not name is as in `usual`. */

const address = {
  recipient: 'Erika Mustermann',
  phone: '+49 221 000000',
  country: 'DE',
  province: 'DE-NW',
  city: 'Köln',
  district: null,
  lines: ['Heidestr. 17', 'Hinterhaus'],
  postcode: '51147',
};

const usual = {
  status: 'paid',
  currency: 'EUR',
  cancelledAt: null,
  cancelReason: null,
  buyer: { id: null, name: 'Erika Mustermann', email: 'erika@example.com', phone: '+49 221 000000' },
  shippingAddress: address,
  buyerNote: null,
};

/** Teapots at 19.99, as most of the samples have. */
function teapots(lineId: string, quantity: number, tax: string, lineTotal: string) {
  return line(lineId, 'POT-CER-7', 'Teekanne weiß, 0,7 l', quantity, '19.99', tax, lineTotal);
}

function line(
  lineId: string,
  sku: string | null,
  name: string,
  quantity: number,
  ...amounts: [string, string, string]
) {
  const [unitPrice, tax, lineTotal] = amounts;
  return { lineId, sku, name, quantity, unitPrice, discount: '0.00', tax, lineTotal };
}

function totals(items: string, shipping: string, tax: string, grand: string, more: object = {}) {
  return { items, shipping, tax, discount: '0.00', refunded: '0', grand, taxIncluded: false, adjustments: [], ...more };
}

/** All of the samples are of one morning. */
function order(id: string, placedAt: string, updatedAt: string, paidAt: string | null, rest: Order) {
  const at = (time: string | null) => (time === null ? null : `2026-11-25T${time}.000Z`);
  const { method = 'bacs', transactionId = null, payments, ...fields } = rest;
  const payment = { method, transactionId, amount: rest.totals.grand, paidAt: at(paidAt) };
  return {
    ...usual,
    orderNumber: id,
    shopOrderId: id,
    placedAt: at(placedAt),
    updatedAt: at(updatedAt),
    paidAt: at(paidAt),
    payments: payments ?? [payment],
    ...fields,
  };
}

interface Order {
  readonly method?: string;
  readonly transactionId?: string | null;
  readonly payments?: readonly object[];
  readonly lines: readonly object[];
  readonly totals: ReturnType<typeof totals>;
  readonly [field: string]: unknown;
}

const oneTeapot = (lineId: string) => ({
  lines: [teapots(lineId, 1, '3.80', '23.79')],
  totals: totals('19.99', '4.90', '4.73', '29.62'),
});

export const EXPECTED: Readonly<Record<string, object>> = {
  cancelled_paid: order('31', '09:22:37', '09:22:38', '09:22:37', { status: 'cancelled', ...oneTeapot('18') }),
  checkout_cod: order('84', '09:55:09', '09:55:12', null, {
    ...oneTeapot('149'),
    method: 'cod',
    buyer: { id: null, name: 'Erika Käuferin', email: 'erika@example.com', phone: '0221' },
    shippingAddress: {
      ...address,
      recipient: 'Erika Käuferin',
      phone: '0221',
      province: null,
      lines: ['Heidestr. 17'],
    },
    buyerNote: 'über die Kasse',
  }),
  chinese: order('47', '09:23:05', '09:23:06', '09:23:05', {
    currency: 'CNY',
    lines: [line('58', '茶壶-1', '手工茶壶 🫖 "大"', 2, '66.60', '0.00', '133.20')],
    totals: totals('133.20', '4.90', '0.00', '138.10'),
    buyer: { id: null, name: '王小明', email: 'wang@example.com', phone: '13800000000' },
    shippingAddress: {
      ...address,
      recipient: '王小明',
      phone: '13800000000',
      country: 'CN',
      province: 'CN9',
      city: '上海',
      lines: ['中山东一路 1 号'],
      postcode: '200002',
    },
    buyerNote: '请放门口 🙏 “谢谢”',
  }),
  deleted_product: order('48', '09:23:07', '09:23:08', '09:23:07', {
    lines: [line('60', null, 'Bald gelöscht', 2, '8.00', '3.04', '19.04'), teapots('61', 1, '3.80', '23.79')],
    totals: totals('35.99', '4.90', '7.77', '48.66'),
  }),
  fees: order('53', '09:23:20', '09:23:22', '09:23:21', {
    lines: [teapots('78', 1, '3.80', '23.79')],
    totals: totals('19.99', '4.90', '4.82', '30.21', {
      adjustments: [
        { kind: 'fee', label: 'Express', amount: '3.00' },
        { kind: 'discount', label: 'Treue', amount: '-2.50' },
      ],
    }),
  }),
  incl: order('61', '09:23:37', '09:23:39', '09:23:38', {
    lines: [teapots('104', 3, '9.58', '59.97'), line('105', 'BOOK-1', 'Buch', 1, '12.90', '0.84', '12.90')],
    totals: totals('72.87', '5.83', '11.35', '78.70', { taxIncluded: true }),
  }),
  jpy: order('46', '09:23:02', '09:23:04', '09:23:03', {
    currency: 'JPY',
    lines: [line('55', 'KYUSU-1', '急須', 3, '1234.00', '370.20', '4072.20')],
    totals: totals('3702.00', '500.00', '420.20', '4622.20'),
    buyer: { id: null, name: '山田太郎', email: 'taro@example.com', phone: '03-0000-0000' },
    shippingAddress: {
      ...address,
      recipient: '山田太郎',
      phone: '03-0000-0000',
      country: 'JP',
      province: 'JP13',
      city: '千代田区',
      lines: ['丸の内1-1'],
      postcode: '100-0005',
    },
  }),
  no_address: order('57', '09:23:30', '09:23:31', '09:23:30', {
    status: 'completed',
    method: 'cod',
    lines: [teapots('96', 1, '3.80', '23.79')],
    totals: totals('19.99', '0.00', '3.80', '23.79'),
    buyer: null,
    shippingAddress: null,
  }),
  nosku: order('44', '09:22:57', '09:22:58', '09:22:57', {
    lines: [
      line('48', null, 'Kein SKU', 2, '7.50', '2.85', '17.85'),
      line('49', 'TEE', 'T-Shirt - M', 1, '26.00', '4.94', '30.94'),
    ],
    totals: totals('41.00', '4.90', '8.72', '54.62'),
  }),
  numbered: order('49', '09:23:10', '09:23:11', '09:23:11', { orderNumber: 'WEB-2026-00042', ...oneTeapot('64') }),
  onhold: order('27', '09:22:28', '09:22:30', null, { status: 'pending', payments: [], ...oneTeapot('4') }),
  partial_lines: order('36', '09:22:45', '09:22:47', '09:22:46', {
    // One of three was returned.
    lines: [teapots('27', 2, '7.59', '47.57'), line('28', 'BOOK-1', 'Buch', 1, '12.90', '0.90', '13.80')],
    totals: totals('72.87', '4.90', '13.22', '90.99', { refunded: '23.79' }),
  }),
  pending: order('26', '09:22:27', '09:26:18', null, {
    status: 'pending',
    buyerNote: 'eins',
    payments: [],
    lines: [teapots('1', 2, '7.60', '47.58')],
    totals: totals('39.98', '4.90', '8.53', '53.41'),
  }),
  processing: order('28', '09:22:30', '09:22:31', '09:22:31', {
    transactionId: 'tx-1001',
    lines: [teapots('7', 2, '7.60', '47.58'), line('8', 'BOOK-1', 'Buch', 1, '12.90', '0.90', '13.80')],
    totals: totals('52.88', '4.90', '9.43', '67.21'),
    buyerNote: 'Bitte klingeln 🔔',
  }),
  refunded_full: order('32', '09:22:39', '09:22:42', '09:22:40', {
    status: 'refunded',
    lines: [teapots('21', 2, '7.60', '47.58')],
    totals: totals('39.98', '4.90', '8.53', '53.41', { refunded: '53.41' }),
  }),
  trash: order('41', '09:22:52', '09:22:53', '09:22:52', { status: 'cancelled', ...oneTeapot('40') }),
  us_tax: order('55', '09:23:26', '09:23:27', '09:23:26', {
    currency: 'USD',
    lines: [teapots('90', 7, '12.42', '152.35')],
    totals: totals('139.93', '4.90', '12.42', '157.25'),
    buyer: { id: null, name: "Ann O'Neil", email: 'ann@example.com', phone: null },
    shippingAddress: {
      ...address,
      recipient: "Ann O'Neil",
      phone: null,
      country: 'US',
      province: 'NY',
      city: 'New York',
      lines: ['1 Broadway'],
      postcode: '10004',
    },
  }),
  variable: order('45', '09:23:00', '09:23:01', '09:23:01', {
    lines: [line('52', 'TEE-S', 'T-Shirt - S', 2, '25.00', '9.50', '59.50')],
    totals: totals('50.00', '4.90', '10.43', '65.33'),
  }),
};
