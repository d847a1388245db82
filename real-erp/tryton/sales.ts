import type { Client } from 'pg';
import { z } from 'zod';

/** A sale as it stands in Tryton's tables: read there, and not by the way in which it was written. */
export interface StoredSale {
  readonly id: number;
  readonly reference: string;
  readonly state: string;
  /** Path → value, such as `lines.0.code`. */
  readonly fields: Readonly<Record<string, string | number | null>>;
}

const saleRow = z.object({
  id: z.number(),
  reference: z.string(),
  state: z.string(),
  currency: z.string(),
  day: z.string(),
  comment: z.string().nullable(),
  party: z.string(),
  party_name: z.string().nullable(),
  street: z.string().nullable(),
  city: z.string().nullable(),
  postal_code: z.string().nullable(),
  country: z.string().nullable(),
  same_address: z.boolean(),
  untaxed: z.string(),
});

const SALES = `SELECT s.id, s.reference, s.state, c.code AS currency, s.sale_date::text AS day, s.comment, p.code AS party,
    a.party_name, a.street, a.city, a.postal_code, k.code AS country, s.invoice_address = s.shipment_address AS same_address,
    coalesce((SELECT sum(round((l.quantity * l.unit_price)::numeric, c.digits)) FROM sale_line l WHERE l.sale = s.id), 0)::text
      AS untaxed
  FROM sale_sale s JOIN currency_currency c ON c.id = s.currency JOIN party_party p ON p.id = s.party
    LEFT JOIN party_address a ON a.id = s.shipment_address LEFT JOIN country_country k ON k.id = a.country
  WHERE s.reference IS NOT NULL ORDER BY s.id`;

const lineRow = z.object({
  sale: z.number(),
  code: z.string(),
  quantity: z.number(),
  unit_price: z.string(),
  description: z.string().nullable(),
  taxes: z.string(),
});

const LINES = `SELECT l.sale, t.code, l.quantity, l.unit_price::text, l.description,
    (SELECT count(*) FROM sale_line_account_tax x WHERE x.line = l.id)::text AS taxes
  FROM sale_line l JOIN product_product p ON p.id = l.product JOIN product_template t ON t.id = p.template
  ORDER BY l.sale, l.sequence NULLS LAST, l.id`;

export async function readSales(client: Client): Promise<StoredSale[]> {
  const sales = z.array(saleRow).parse((await client.query(SALES)).rows);
  const lines = Map.groupBy(z.array(lineRow).parse((await client.query(LINES)).rows), ({ sale }) => sale);
  return sales.map(({ id, reference, state, same_address, ...header }) => {
    const own = lines.get(id) ?? [];
    const flat = own.flatMap(({ sale: _, ...line }, index) =>
      Object.entries(line).map(([name, value]) => [`lines.${index}.${name}`, value] as const),
    );
    const fields = {
      ...header,
      same_address: String(same_address),
      'lines.length': own.length,
      ...Object.fromEntries(flat),
    };
    return { id, reference, state, fields };
  });
}
