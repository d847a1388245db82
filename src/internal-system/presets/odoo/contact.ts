import type { Order, SinkDelivery } from '../../erp/index.ts';
import { z } from '../../erp/index.ts';
import type { Odoo } from './calls.ts';

const record = z.object({ id: z.int() });

/** The contact below the customer to whom this order's parcel goes: one for each order, found by its reference. */
export async function deliveryContact(odoo: Odoo, { key, order }: SinkDelivery, customerId: number): Promise<number> {
  const values = await contactValues(odoo, order);
  const [known] = await odoo.find(
    'res.partner',
    [
      ['ref', '=', key],
      ['parent_id', '=', customerId],
    ],
    record,
  );
  if (known === undefined) {
    const [id] = await odoo.create('res.partner', { ...values, ref: key, type: 'delivery', parent_id: customerId });
    return id;
  }
  await odoo.write('res.partner', known.id, values);
  return known.id;
}

async function contactValues(odoo: Odoo, { orderNumber, buyer, shippingAddress: to }: Order) {
  const [street = null, ...more] = to?.lines ?? [];
  const below = [...more, to?.district, to?.province].filter((part) => part);
  return {
    name: to?.recipient || buyer?.name || orderNumber,
    phone: (to?.phone ?? buyer?.phone) || false,
    email: buyer?.email || false,
    street: street || false,
    street2: below.join(', ') || false,
    city: to?.city || false,
    zip: to?.postcode || false,
    country_id: await countryOf(odoo, to?.country ?? null),
  };
}

/** By its code, or by its name in Odoo's own language; one that Odoo does not know stays empty. */
async function countryOf(odoo: Odoo, country: string | null): Promise<number | false> {
  if (!country) return false;
  const field = /^[a-z]{2}$/i.test(country) ? 'code' : 'name';
  const [known] = await odoo.find('res.country', [[field, '=ilike', country]], record);
  return known?.id ?? false;
}
