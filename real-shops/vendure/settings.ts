import { z } from 'zod';
import { ERROR, VendureApi } from './graphql.ts';

const withId = z.object({ id: z.string() });
const rates = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });
const variants = z.object({ items: z.array(z.object({ id: z.string(), sku: z.string() })) });
const methods = z.object({ items: z.array(z.object({ id: z.string(), code: z.string() })) });

export interface Catalogue {
  /** SKU → id of the variant. */
  readonly variants: ReadonlyMap<string, string>;
  /** Code → id of the shipping method. */
  readonly shipping: ReadonlyMap<string, string>;
}

export const READER = { username: 'order-sync@shop.test', password: 'order-sync' };
export const WRITER = { username: 'order-sync-ships@shop.test', password: 'order-sync' };
const TAX_RATES = { 'Standard Asia': 13, 'Standard Americas': 8.875, 'Reduced Americas': 0, 'Standard Gulf': 15 };

/** What a merchant sets up before the first order. */
export async function setUp(admin: VendureApi): Promise<Catalogue> {
  await allowYen(admin);
  const { items: known } = await admin.ask(rates, '{ taxRates(options: { take: 100 }) { items { id name } } }');
  for (const [name, value] of Object.entries(TAX_RATES)) {
    const i = { id: known.find((rate) => rate.name === name)?.id, value };
    await admin.change('mutation($i: UpdateTaxRateInput!) { updateTaxRate(input: $i) { id } }', { i });
  }
  const percent = action('order_percentage_discount', { discount: '10' });
  await addPromotion(admin, '10% off the order', { couponCode: 'SAVE10', actions: [percent] });
  const fixed = action('order_fixed_discount', { discount: '500' });
  await addPromotion(admin, '5 euro welcome', { couponCode: 'WELCOME5', actions: [fixed] });
  const conditions = [action('minimum_order_amount', { amount: '50000', taxInclusive: 'true' })];
  await addPromotion(admin, 'Free shipping from 500', { conditions, actions: [action('free_shipping', {})] });
  const { items } = await admin.ask(variants, '{ productVariants(options: { take: 100 }) { items { id sku } } }');
  const i = items.map(({ id }, index) => ({ id, prices: [{ currencyCode: 'JPY', price: 120_000 + index * 30_049 }] }));
  await admin.change('mutation($i: [UpdateProductVariantInput!]!) { updateProductVariants(input: $i) { id } }', { i });
  const shipping = await admin.ask(methods, '{ shippingMethods { items { id code } } }');
  return {
    variants: new Map(items.map(({ sku, id }) => [sku, id])),
    shipping: new Map(shipping.items.map(({ code, id }) => [code, id])),
  };
}

/** A user that may read orders, and nothing else. @returns its API key */
export async function addReader(admin: VendureApi, url: string): Promise<string> {
  const role = await addUser(admin, READER, 'order-reader', ['ReadOrder', 'CreateApiKey', 'ReadApiKey']);
  const reader = new VendureApi(url);
  await reader.logIn(READER.username, READER.password);
  const { apiKey } = await reader.ask(
    z.object({ apiKey: z.string() }),
    'mutation($i: CreateApiKeyInput!) { createApiKey(input: $i) { apiKey } }',
    { i: { roleIds: [role], translations: [{ languageCode: 'en', name: 'order-sync' }] } },
  );
  return apiKey;
}

/** A user that may read orders and say what was shipped of them. */
export async function addWriter(admin: VendureApi): Promise<void> {
  await addUser(admin, WRITER, 'order-shipper', ['ReadOrder', 'UpdateOrder']);
}

/** @returns the id of its role */
async function addUser(
  admin: VendureApi,
  { username, password }: typeof READER,
  code: string,
  permissions: readonly string[],
): Promise<string> {
  const role = await admin.ask(withId, 'mutation($i: CreateRoleInput!) { createRole(input: $i) { id } }', {
    i: { code, description: 'order-sync', permissions },
  });
  const i = { firstName: 'Order', lastName: 'Sync', emailAddress: username, password, roleIds: [role.id] };
  await admin.change('mutation($i: CreateAdministratorInput!) { createAdministrator(input: $i) { id } }', { i });
  return role.id;
}

async function allowYen(admin: VendureApi): Promise<void> {
  const channel = await admin.ask(withId, '{ activeChannel { id } }');
  await admin.change(
    `mutation($i: UpdateChannelInput!) { updateChannel(input: $i) { ... on Channel { id } ${ERROR} } }`,
    {
      i: { id: channel.id, defaultCurrencyCode: 'EUR', availableCurrencyCodes: ['EUR', 'JPY'], pricesIncludeTax: true },
    },
  );
}

async function addPromotion(admin: VendureApi, name: string, rules: Readonly<Record<string, unknown>>): Promise<void> {
  const translations = [{ languageCode: 'en', name, description: '' }];
  await admin.change(
    `mutation($i: CreatePromotionInput!) { createPromotion(input: $i) { ... on Promotion { id } ${ERROR} } }`,
    { i: { enabled: true, conditions: [], translations, ...rules } },
  );
}

function action(code: string, values: Readonly<Record<string, string>>) {
  return { code, arguments: Object.entries(values).map(([name, value]) => ({ name, value })) };
}
