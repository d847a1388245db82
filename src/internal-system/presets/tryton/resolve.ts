import { at, SyncError } from '../../erp/index.ts';
import type { Models } from './api.ts';
import type { Articles } from './articles.ts';
import type { SaleAddress, SaleContent } from './content.ts';
import type { Facts } from './facts.ts';
import { day, decimal } from './values.ts';

export interface SaleFields {
  readonly [name: string]: unknown;
  readonly lines: readonly unknown[];
}

/** A sale's fields: the content, with the ids that names and codes stand for. @throws SyncError `write_rejected` when one is missing */
export async function resolved(
  models: Models,
  content: SaleContent,
  facts: Facts,
  articles: Articles,
): Promise<SaleFields> {
  const { party } = facts;
  const [currency, address, lines] = await Promise.all([
    idOf(models, 'currency.currency', content.currency, 'Make it active there, with its rates.'),
    content.address === null ? facts.partyAddress : addressId(models, content.address, party),
    articles.linesOf(models, party, content.lines),
  ]);
  return {
    party,
    reference: content.reference,
    currency,
    sale_date: day(content.day),
    comment: content.comment,
    invoice_address: address,
    shipment_address: address,
    lines: [
      ['create', lines.map(({ unitPrice, ...line }) => ({ ...line, type: 'line', unit_price: decimal(unitPrice) }))],
    ],
  };
}

/** The id of what has a code of ISO's: a currency, a country. */
async function idOf(models: Models, model: string, code: string, remedy: string): Promise<number> {
  const [found] = await models.search(model, [['code', '=', code]], ['code'], 1);
  const id = at(found, 'id');
  if (typeof id === 'number') return id;
  const [kind] = model.split('.');
  throw new SyncError('write_rejected', `Tryton has no ${kind} ${code}. ${remedy}`);
}

/** An address of the party with these very words: the one that is there already, or a new one. */
async function addressId(models: Models, { country: code, ...texts }: SaleAddress, party: number): Promise<number> {
  const country = code === null ? null : await idOf(models, 'country.country', code, 'Import the countries there.');
  const fields = { party, country, ...texts };
  const domain = Object.entries(fields).map(([name, value]) => [name, '=', value]);
  const [found] = await models.search('party.address', domain, ['party'], 1);
  const id = at(found, 'id');
  return typeof id === 'number' ? id : await models.create('party.address', fields);
}
