import { cachedFor, SyncError, z } from '../../erp/index.ts';
import type { Models } from './api.ts';
import type { SaleLine } from './content.ts';

interface ResolvedLine {
  readonly product: number;
  readonly unit: number;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly taxes: readonly unknown[];
  readonly description: string;
}

const products = z.array(z.object({ id: z.number(), code: z.string().nullable() }));

/** What Tryton itself would fill in for a product in a sale of this party, by its tax rules. */
const suggestion = z.array(
  z.object({
    unit: z.number(),
    taxes: z.object({ add: z.array(z.tuple([z.number(), z.object({ id: z.number() })])).default([]) }).optional(),
  }),
);

interface Suggestion {
  readonly unit: number;
  readonly taxes: readonly number[];
}

const TAXES_KEPT_MS = 60_000;

/** Tryton's products by their codes, with the taxes that it would put on them. */
export class Articles {
  readonly #unknown: string | undefined;
  readonly #suggestions = new Map<number, (models: Models, party: number) => Promise<Suggestion>>();

  /** @param unknown the article for products that Tryton does not have */
  constructor(unknown: string | undefined) {
    this.#unknown = unknown;
  }

  /** @throws SyncError `write_rejected` that names the products which Tryton does not have, or has twice */
  async linesOf(models: Models, party: number, lines: readonly SaleLine[]): Promise<ResolvedLine[]> {
    const ids = await this.#idsOf(models, lines);
    return await Promise.all(
      lines.map(async ({ code, quantity, unitPrice, isTaxed, description }) => {
        const known = ids.get(code);
        const product = known ?? ids.get(this.#unknown ?? '') ?? Number.NaN;
        const { unit, taxes } = await this.#suggestionFor(product)(models, party);
        const words = known === undefined ? `${description} (SKU ${code === '' ? 'unknown' : code})` : description;
        return { product, unit, quantity, unitPrice, taxes: isTaxed ? [['add', taxes]] : [], description: words };
      }),
    );
  }

  async #idsOf(models: Models, lines: readonly SaleLine[]): Promise<ReadonlyMap<string, number>> {
    const codes = new Set([...lines.map(({ code }) => code), ...(this.#unknown === undefined ? [] : [this.#unknown])]);
    codes.delete('');
    const found = products.parse(await models.search('product.product', [['code', 'in', [...codes]]], ['code']));
    const byCode = Map.groupBy(found, ({ code }) => code ?? '');
    const twice = [...byCode].filter(([, same]) => same.length > 1).map(([code]) => code);
    if (twice.length > 0) throw refused(`Tryton has several products with the code ${twice.join(', ')}`);
    const missing = new Set(lines.map(({ code }) => code).filter((code) => !byCode.has(code)));
    if (missing.size > 0 && this.#unknown === undefined) {
      const names = [...missing].map((code) => (code === '' ? 'without a SKU' : code)).join(', ');
      throw refused(`Tryton has no product ${names}. Add it there, or set ERP_UNKNOWN_SKU`);
    }
    return new Map(found.map(({ id, code }) => [code ?? '', id]));
  }

  #suggestionFor(product: number): (models: Models, party: number) => Promise<Suggestion> {
    const known = this.#suggestions.get(product);
    if (known !== undefined) return known;
    const load = cachedFor(TAXES_KEPT_MS, async (models: Models, party: number) => {
      const sale = { '_parent_sale.party': party, sale: { id: -1, party } };
      const line = { id: -1, type: 'line', product, quantity: 1, ...sale };
      const [changes] = suggestion.parse(await models.read('sale.line', 'on_change', line, ['product']));
      if (changes === undefined) throw refused(`Tryton suggests nothing for its product ${product}`);
      return { unit: changes.unit, taxes: (changes.taxes?.add ?? []).map(([, { id }]) => id) };
    });
    this.#suggestions.set(product, load);
    return load;
  }
}

function refused(finding: string): SyncError {
  return new SyncError('write_rejected', `${finding}.`);
}
