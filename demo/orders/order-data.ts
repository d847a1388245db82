/** The demo shop's customers and products, in as many scripts, countries and currencies as real shops have. */

export type DemoCurrency = 'CNY' | 'EUR' | 'USD' | 'JPY';

export interface DemoBuyer {
  readonly name: string;
  readonly currency: DemoCurrency;
  readonly method: string;
  readonly phone: string;
  readonly email: string | null;
  readonly country: string;
  readonly province: string;
  readonly city: string;
  readonly district: string | null;
  readonly street: string;
  readonly postcode: string | null;
  readonly note: string | null;
}

export const DEMO_BUYERS: readonly DemoBuyer[] = [
  buyer('王小明', 'CNY', 'CN', '浙江省', '杭州市', '文三路 1 号 2 幢 301', { district: '西湖区', note: '请周末送货' }),
  buyer('李娜', 'CNY', 'CN', '四川省', '成都市', '春熙路 18 号', { district: '锦江区', note: '放门口就行,谢谢🙏' }),
  buyer('陳大文', 'CNY', 'HK', '九龍', '香港', '彌敦道 200 號 12 樓 B 室', { postcode: null }),
  buyer('歐陽𠮷', 'CNY', 'TW', '臺北市', '臺北市', '信義路五段 7 號', { district: '信義區' }),
  buyer('山田 太郎', 'JPY', 'JP', '東京都', '千代田区', '丸の内1-9-1', { note: '置き配でお願いします' }),
  buyer('佐藤 はな', 'JPY', 'JP', '大阪府', '大阪市', '北区梅田3-1-3', { email: null }),
  buyer('Małgorzata Źdźbło', 'EUR', 'PL', 'Śląskie', 'Świętochłowice', 'ul. Żeromskiego 7/12'),
  buyer('Jürgen Groß', 'EUR', 'DE', 'Bayern', 'München', 'Straße des 17. Juni 4', {
    note: "Bitte beim Nachbarn („Müller“) abgeben; don't ring",
  }),
  buyer('Σοφία Παπαδοπούλου', 'EUR', 'GR', 'Αττική', 'Αθήνα', 'Ερμού 15'),
  buyer('محمد الأحمد', 'USD', 'AE', 'دبي', 'دبي', 'شارع الشيخ زايد ١٢', {
    postcode: null,
    note: 'الاتصال قبل التسليم',
  }),
  buyer('สมชาย ใจดี', 'USD', 'TH', 'กรุงเทพมหานคร', 'กรุงเทพฯ', 'ถนนสุขุมวิท 55', { district: 'วัฒนา' }),
  buyer('Олена Шевченко', 'USD', 'UA', 'Київ', 'Київ', 'вул. Хрещатик, 22'),
  buyer("Siobhán O'Brien", 'USD', 'US', 'MA', 'Boston', '1 Main St, Apt. 4 <rear>', {
    note: 'Gift 🎁👩‍👩‍👧 — no "price" please\nRing twice',
  }),
  buyer('अनन्या शर्मा', 'USD', 'IN', 'महाराष्ट्र', 'मुंबई', 'मरीन ड्राइव 8', { email: null }),
];

export interface DemoProduct {
  readonly sku: string;
  readonly name: string;
  readonly prices: Readonly<Record<DemoCurrency, string>>;
}

export const DEMO_PRODUCTS: readonly DemoProduct[] = [
  product('TEA-LJ-250', '龙井茶 250g', '59.90', '7.95', '8.49', '1280'),
  product('TEA-SEN-100', '煎茶 100g 🍵', '88.00', '11.20', '12.00', '1800'),
  product('CUP-01', 'Glass cup “Śląsk”', '9.60', '1.25', '1.35', '205'),
  product('POT-CER-7', 'Teekanne weiß, 0,7 l', '219.00', '28.90', '30.99', '4650'),
  product('SPICE-ZTR', 'زعتر بلدي', '35.50', '4.55', '4.99', '740'),
  product('MUG-EMOJI', 'Mug ☕️❤️‍🔥', '66.66', '8.88', '9.33', '1399'),
  product('RICE-HM-5', 'ข้าวหอมมะลิ 5 กก.', '128.08', '16.40', '17.77', '2690'),
  product('CARD-1', "Gift card — l'été & \\slash\\", '1.01', '0.13', '0.14', '21'),
];

export const DEMO_SHIPPING: Readonly<Record<DemoCurrency, { readonly fee: string; readonly freeFrom: string }>> = {
  CNY: { fee: '10.00', freeFrom: '500' },
  EUR: { fee: '4.90', freeFrom: '60' },
  USD: { fee: '7.50', freeFrom: '80' },
  JPY: { fee: '350', freeFrom: '10000' },
};

type BuyerExtras = Partial<Pick<DemoBuyer, 'district' | 'postcode' | 'note' | 'email'>>;

function buyer(
  name: string,
  currency: DemoCurrency,
  country: string,
  province: string,
  city: string,
  street: string,
  extras: BuyerExtras = {},
): DemoBuyer {
  const method = { CNY: 'alipay', EUR: 'sepa', USD: 'card', JPY: 'konbini' }[currency];
  const contact = { phone: '+00 555 0100', email: 'buyer@example.com', district: null, postcode: '100000', note: null };
  return { name, currency, method, country, province, city, street, ...contact, ...extras };
}

function product(sku: string, name: string, cny: string, eur: string, usd: string, jpy: string): DemoProduct {
  return { sku, name, prices: { CNY: cny, EUR: eur, USD: usd, JPY: jpy } };
}
