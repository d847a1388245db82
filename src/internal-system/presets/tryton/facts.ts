import { at, ConfigError, type ErpRequests, z } from '../../erp/index.ts';
import { Models, ROOT } from './api.ts';
import type { TrytonSettings } from './settings.ts';

/** What is the same for all orders. */
export interface Facts {
  readonly company: number;
  readonly party: number;
  /** For orders that are not shipped anywhere. */
  readonly partyAddress: number;
}

const parties = z.array(z.object({ id: z.number(), addresses: z.array(z.number()) }));

/** @throws ConfigError that names everything that is missing */
export async function readFacts(api: ErpRequests, settings: TrytonSettings): Promise<Facts> {
  const preferences = await api.call('model.res.user.get_preferences', [true, {}], { path: ROOT, reads: true });
  const company = at(preferences, 'company');
  if (typeof company !== 'number') throw new ConfigError(['ERP_USER: has no company in Tryton; give the user one.']);
  const models = new Models(api, company);
  const found = parties.parse(await models.search('party.party', [['code', '=', settings.customer]], ['addresses']));
  const party = found[0];
  const problems = [
    ...(party?.addresses[0] === undefined
      ? [
          `ERP_CUSTOMER: found no party with the code ${settings.customer} and an address; expected one for the shop's customers.`,
        ]
      : []),
    ...(await missingArticles(models, settings)),
    ...(await missingRights(models)),
  ];
  if (problems.length > 0 || party?.addresses[0] === undefined) throw new ConfigError(problems);
  return { company, party: party.id, partyAddress: party.addresses[0] };
}

async function missingArticles(models: Models, { articles, unknownArticle }: TrytonSettings): Promise<string[]> {
  const wanted = Object.entries({ ...articles, unknown: unknownArticle }).filter(([, code]) => code !== undefined);
  const codes = wanted.map(([, code]) => code);
  const found = await models.search('product.product', [['code', 'in', codes]], ['code']);
  const known = new Set(found.map((product) => at(product, 'code')));
  return wanted
    .filter(([, code]) => !known.has(code))
    .map(([name, code]) => `ERP_${name.toUpperCase()}_SKU: Tryton has no product ${code}; expected a salable service.`);
}

const NEEDED = {
  'sale.sale': ['read', 'write', 'create'],
  'party.address': ['read', 'create'],
  'product.product': ['read'],
};

async function missingRights(models: Models): Promise<string[]> {
  const access = await models.read('ir.model.access', 'get_access', Object.keys(NEEDED));
  return Object.entries(NEEDED).flatMap(([model, rights]) =>
    rights
      .filter((right) => !at(Object(access)[model], right))
      .map((right) => `ERP_USER: may not ${right} ${model}; put the user into the groups Sales, Stock and Account.`),
  );
}
