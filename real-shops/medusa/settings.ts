import { z } from 'zod';
import type { MedusaApi } from './api.ts';

const TAXES = { de: 19, pl: 23, gb: 20, us: 8.875, jp: 10, cn: 13 };
/** Euro prices include the tax, the others do not. */
const REGIONS = { eur: ['de', 'pl', 'gb'], usd: ['us'], jpy: ['jp'], cny: ['cn'] };
const RATES = { eur: 1, usd: 1.1, jpy: 160, cny: 7.8 };
const PRODUCTS: Readonly<Record<string, number>> = {
  'NB-A5': 12.95,
  'PEN-EF': 49.9,
  'CUP-青花-01': 88,
  'BOOK-001': 24,
  'SCR-M3': 0.07,
  'DESK-OAK': 1299,
  'STK-0': 0,
};

const withId = z.object({ id: z.string() });
const one = <const Name extends string>(name: Name) =>
  z.object({ [name]: withId }).transform((reply) => idIn(reply[name]));
const many = <const Name extends string>(name: Name) =>
  z.object({ [name]: z.array(withId) }).transform((reply) => idIn(reply[name]?.at(0)));

export interface Catalogue {
  /** SKU → id of the variant. */
  readonly variants: ReadonlyMap<string, string>;
  /** Name → id of the shipping option. */
  readonly shipping: ReadonlyMap<string, string>;
  /** Country → id of its region. */
  readonly regions: ReadonlyMap<string, string>;
  readonly location: string;
  readonly publishableKey: string;
  /** May do anything: Medusa has no keys for less. */
  readonly secretKey: string;
}

/** What a merchant sets up before the first order. */
export async function setUp(admin: MedusaApi): Promise<Catalogue> {
  const store = await admin.get(many('stores'), '/admin/stores');
  await admin.change(`/admin/stores/${store}`, {
    supported_currencies: Object.keys(RATES).map((currency_code) => {
      const isEuro = currency_code === 'eur';
      return { currency_code, is_default: isEuro, is_tax_inclusive: isEuro };
    }),
  });
  const channel = await admin.get(many('sales_channels'), '/admin/sales-channels');
  const regions = await addRegions(admin);
  const location = await addLocation(admin, channel);
  const profile = await addProfile(admin);
  const shipping = await addShipping(admin, location, profile);
  for (const [sku, price] of Object.entries(PRODUCTS)) await addProduct(admin, { sku, price, profile, channel });
  await addPromotion(admin, 'SAVE10', 10, 'items');
  await addPromotion(admin, 'FREESHIP', 100, 'shipping_methods');
  const { variants } = await admin.get(
    z.object({ variants: z.array(z.object({ id: z.string(), sku: z.string() })) }),
    '/admin/product-variants?limit=100&fields=id,sku',
  );
  return {
    variants: new Map(variants.map(({ sku, id }) => [sku, id])),
    shipping,
    regions,
    location,
    ...(await addKeys(admin, channel)),
  };
}

async function addRegions(admin: MedusaApi): Promise<Map<string, string>> {
  const regions = new Map<string, string>();
  for (const [currency_code, countries] of Object.entries(REGIONS)) {
    const region = { name: currency_code, currency_code, countries, payment_providers: ['pp_system_default'] };
    const id = await admin.post(one('region'), '/admin/regions', { ...region, automatic_taxes: true });
    for (const country of countries) regions.set(country, id);
  }
  for (const [country_code, rate] of Object.entries(TAXES)) {
    const default_tax_rate = { name: `Tax ${country_code}`, code: country_code, rate };
    await admin.change('/admin/tax-regions', { country_code, provider_id: 'tp_system', default_tax_rate });
  }
  return regions;
}

async function addLocation(admin: MedusaApi, channel: string): Promise<string> {
  const address = { address_1: 'Lagerstr. 1', city: 'Köln', country_code: 'DE' };
  const id = await admin.post(one('stock_location'), '/admin/stock-locations', { name: 'Lager', address });
  await admin.change(`/admin/stock-locations/${id}/fulfillment-providers`, { add: ['manual_manual'] });
  await admin.change(`/admin/stock-locations/${id}/sales-channels`, { add: [channel] });
  await admin.change(`/admin/stock-locations/${id}/fulfillment-sets`, { name: 'Versand', type: 'shipping' });
  return id;
}

async function addProfile(admin: MedusaApi): Promise<string> {
  const found = await admin.get(z.object({ shipping_profiles: z.array(withId) }), '/admin/shipping-profiles');
  const [profile] = found.shipping_profiles;
  if (profile !== undefined) return profile.id;
  return await admin.post(one('shipping_profile'), '/admin/shipping-profiles', { name: 'Default', type: 'default' });
}

async function addShipping(admin: MedusaApi, location: string, profile: string): Promise<Map<string, string>> {
  const sets = z.object({ stock_location: z.object({ fulfillment_sets: z.array(withId) }) });
  const { stock_location } = await admin.get(sets, `/admin/stock-locations/${location}?fields=*fulfillment_sets`);
  const zones = z.object({ fulfillment_set: z.object({ service_zones: z.array(withId) }) });
  const geo_zones = Object.keys(TAXES).map((country_code) => ({ type: 'country', country_code }));
  const path = `/admin/fulfillment-sets/${idIn(stock_location.fulfillment_sets.at(0))}/service-zones`;
  const { fulfillment_set } = await admin.post(zones, path, { name: 'World', geo_zones });
  const shipping = new Map<string, string>();
  for (const [name, price] of [
    ['Standard', 4.99],
    ['Express', 19.9],
    ['Pick-up', 0],
  ] as const) {
    const option = await admin.post(one('shipping_option'), '/admin/shipping-options', {
      name,
      service_zone_id: idIn(fulfillment_set.service_zones.at(0)),
      shipping_profile_id: profile,
      provider_id: 'manual_manual',
      price_type: 'flat',
      type: { label: name, description: name, code: name.toLowerCase() },
      prices: pricesFor(price),
      rules: [
        { attribute: 'enabled_in_store', operator: 'eq', value: 'true' },
        { attribute: 'is_return', operator: 'eq', value: 'false' },
      ],
    });
    shipping.set(name, option);
  }
  return shipping;
}

async function addProduct(
  admin: MedusaApi,
  { sku, price, profile, channel }: { sku: string; price: number; profile: string; channel: string },
): Promise<void> {
  const variant = { title: 'one', sku, manage_inventory: false, options: { Kind: 'one' }, prices: pricesFor(price) };
  await admin.change('/admin/products', {
    title: `${sku} "Über" 青花`,
    status: 'published',
    shipping_profile_id: profile,
    sales_channels: [{ id: channel }],
    options: [{ title: 'Kind', values: ['one'] }],
    variants: [variant],
  });
}

async function addPromotion(admin: MedusaApi, code: string, value: number, target_type: string): Promise<void> {
  const method = { type: 'percentage', target_type, allocation: 'across', value };
  const promotion = { code, type: 'standard', status: 'active', is_automatic: false, application_method: method };
  await admin.change('/admin/promotions', promotion);
}

async function addKeys(admin: MedusaApi, channel: string): Promise<{ publishableKey: string; secretKey: string }> {
  const key = z
    .object({ api_key: z.object({ id: z.string(), token: z.string() }) })
    .transform(({ api_key }) => api_key);
  const publishable = await admin.post(key, '/admin/api-keys', { title: 'storefront', type: 'publishable' });
  await admin.change(`/admin/api-keys/${publishable.id}/sales-channels`, { add: [channel] });
  const secret = await admin.post(key, '/admin/api-keys', { title: 'order-sync', type: 'secret' });
  return { publishableKey: publishable.token, secretKey: secret.token };
}

function pricesFor(euros: number) {
  return Object.entries(RATES).map(([currency_code, rate]) => ({
    currency_code,
    amount: Number((euros * rate).toFixed(currency_code === 'jpy' ? 0 : 2)),
  }));
}

function idIn(found: { readonly id: string } | undefined): string {
  if (found === undefined) throw new Error('Medusa did not return what it was asked for.');
  return found.id;
}
