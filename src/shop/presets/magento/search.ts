import { at, type Query, type ShopRequests } from '../../toolkit/index.ts';

export type Filter = readonly [field: string, condition: 'in' | 'gteq', value: string];

export interface Search {
  /** An order has one of these at least. */
  readonly anyOf: readonly Filter[];
  /** Smallest first. */
  readonly sortedBy?: readonly string[];
  /** Without a size, Magento returns all there are. */
  readonly size: number;
  /** From 1. One beyond the last is the last one again. */
  readonly page?: number;
  /** `items[entity_id,…],total_count`. @defaultValue all there are */
  readonly fields?: string;
}

/** Orders as Magento's search criteria find them, and how many there are in all. */
export async function search(api: ShopRequests, criteria: Search): Promise<{ items: unknown; total: number }> {
  const { anyOf, sortedBy = [], size, page = 1, fields } = criteria;
  const parameters: Record<string, string | number | undefined> = { fields };
  for (const [index, [field, condition, value]] of anyOf.entries()) {
    add(`filter_groups][0][filters][${index}`, { field, condition_type: condition, value });
  }
  for (const [index, field] of sortedBy.entries()) add(`sort_orders][${index}`, { field, direction: 'ASC' });
  const reply = await api.get('/orders', {
    ...parameters,
    'searchCriteria[page_size]': size,
    'searchCriteria[current_page]': page,
  } satisfies Query);
  return { items: at(reply, 'items'), total: Number(at(reply, 'total_count')) };

  function add(place: string, values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) parameters[`searchCriteria[${place}][${name}]`] = value;
  }
}
