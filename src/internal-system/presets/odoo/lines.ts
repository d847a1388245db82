import { exactNumber, type NetPart, netParts, type Order, rejected, z } from '../../erp/index.ts';
import type { Odoo } from './calls.ts';

/** The articles that stand for what is no article there. */
export interface SpecialArticles {
  readonly extras: Readonly<Record<Exclude<NetPart['kind'], 'item'>, string>>;
  /** For lines whose SKU is missing or unknown; without one, such an order is refused. */
  readonly unknown: string | undefined;
}

/** A line as Odoo holds it; a note or a section has no product. */
export const soldLine = z.object({
  id: z.int(),
  product_id: z.union([z.tuple([z.int()], z.unknown()), z.literal(false)]),
  product_uom_qty: z.number(),
  qty_delivered: z.number(),
  qty_invoiced: z.number(),
});
export type SoldLine = z.output<typeof soldLine>;

const product = z.object({ id: z.int(), default_code: z.string() });

type Command = readonly [0, 0, object] | readonly [1, number, object] | readonly [2, number, 0];

/**
 * The commands that make the lines of a sales order what the order says, in one write. A confirmed line keeps its product and
 * can't be removed, only set to nothing; so lines are matched by their product.
 */
export async function lineCommands(
  odoo: Odoo,
  order: Order,
  { before, isConfirmed, articles }: { before: readonly SoldLine[]; isConfirmed: boolean; articles: SpecialArticles },
): Promise<readonly Command[]> {
  const taxField = await taxFieldOf(odoo);
  const free = before.filter((line) => line.product_id !== false);
  const commands: Command[] = [];
  for (const { productId, part } of await withProducts(odoo, order, articles)) {
    const taxes = part.isTaxed ? {} : { [taxField]: [[6, 0, []]] };
    const values = {
      product_uom_qty: part.quantity,
      price_unit: exactNumber(part.unitPrice.toFixed(PRICE_DIGITS)),
      ...(part.label === null ? {} : { name: part.label }),
      ...taxes,
    };
    const match = free.findIndex((line) => line.product_id !== false && line.product_id[0] === productId);
    const [line] = match === -1 ? [] : free.splice(match, 1);
    commands.push(line === undefined ? [0, 0, { product_id: productId, ...values }] : [1, line.id, values]);
  }
  return [...commands, ...free.map(({ id }): Command => (isConfirmed ? [1, id, { product_uom_qty: 0 }] : [2, id, 0]))];
}

/** As many as Odoo can be set to keep of a price; it rounds to what it is set to. */
const PRICE_DIGITS = 6;

async function withProducts(odoo: Odoo, order: Order, { extras, unknown }: SpecialArticles) {
  const parts = netParts(order).map((part) => {
    return { part, sku: part.kind === 'item' ? part.line?.sku?.trim() || unknown : extras[part.kind] };
  });
  const wanted = new Set([...parts.map(({ sku }) => sku), unknown].filter((sku) => sku !== undefined));
  const found = await odoo.find('product.product', [['default_code', 'in', [...wanted]]], product);
  const idOf = new Map(found.map(({ id, default_code: code }) => [code, id]));
  return parts.map(({ part, sku }) => {
    const productId = idOf.get(sku ?? '') ?? (part.kind === 'item' ? idOf.get(unknown ?? '') : undefined);
    if (productId !== undefined) return { part, productId };
    throw rejected(sku ? `there is no article with the internal reference ${sku}.` : 'a line has no SKU.', order);
  });
}

/** Odoo 19 has renamed it. */
async function taxFieldOf(odoo: Odoo): Promise<string> {
  const [name = 'tax_id'] = await odoo.fieldsOf('sale.order.line', ['tax_ids', 'tax_id']);
  return name;
}
