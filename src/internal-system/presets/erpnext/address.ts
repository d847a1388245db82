import type { SinkDelivery } from '../../erp/index.ts';
import { z } from '../../erp/index.ts';
import type { Frappe } from './calls.ts';

const named = z.object({ name: z.string() });

/** Where this order's parcel goes: an Address of its own, found by its title. Undefined for what is not shipped. */
export async function shippingAddress(
  frappe: Frappe,
  { key, order }: SinkDelivery,
  customer: string,
): Promise<string | undefined> {
  const { shippingAddress: to, buyer } = order;
  if (to === null) return undefined;
  const fields = {
    address_line1: to.recipient || buyer?.name || order.orderNumber,
    address_line2: [...to.lines, to.district].filter((part) => part).join(', '),
    city: to.city || to.province || '-',
    state: to.province ?? '',
    pincode: to.postcode ?? '',
    country: await countryOf(frappe, to.country ?? ''),
    phone: to.phone ?? buyer?.phone ?? '',
    email_id: buyer?.email ?? '',
  };
  const [known] = await frappe.list('Address', [['address_title', '=', key]], named);
  if (known === undefined) {
    const links = [{ link_doctype: 'Customer', link_name: customer }];
    return await frappe.create('Address', { ...fields, address_title: key, address_type: 'Shipping', links });
  }
  await frappe.update('Address', known.name, fields);
  return known.name;
}

/** ERPNext names countries in English; a shop may know only the code. */
async function countryOf(frappe: Frappe, country: string): Promise<string> {
  if (!/^[a-z]{2}$/i.test(country)) return country;
  const [known] = await frappe.list('Country', [['code', '=', country.toLowerCase()]], named);
  return known?.name ?? country;
}
