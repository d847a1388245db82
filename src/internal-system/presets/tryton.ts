/** Tryton 6 with its sale module, by JSON-RPC: an order becomes a sale, made out to the party of the shop's customers. */
import { cachedFor, defineSink } from '../erp/index.ts';
import { login, Models, problem, ROOT } from './tryton/api.ts';
import { Articles } from './tryton/articles.ts';
import { readFacts } from './tryton/facts.ts';
import { foundSales } from './tryton/found-sales.ts';
import { makeSo } from './tryton/make-so.ts';
import { referencesAreUnique } from './tryton/probe.ts';
import { readSettings } from './tryton/settings.ts';

const FACTS_KEPT_MS = 60_000;

export default defineSink((settings, shop) => {
  const url = `${settings.url('ERP_URL')}/${encodeURIComponent(settings.text('ERP_DATABASE'))}`;
  const tryton = readSettings(settings, shop);
  const articles = new Articles(tryton.unknownArticle);
  const facts = cachedFor(FACTS_KEPT_MS, readFacts);
  return {
    api: {
      baseUrl: url,
      auth: login(settings, url + ROOT),
      problem,
      jsonRpc: '1.0',
      limits: settings.limits({ timeoutMs: 20_000, concurrency: 8 }),
    },
    maxUpserts: 4,
    open: async (api) => void (await facts(api, tryton)),
    upsert: async (api, delivery) => {
      const known = await facts(api, tryton);
      const models = new Models(api, known.company);
      return await makeSo({ models, facts: known, articles, settings: tryton }, delivery);
    },
    find: async (api, delivery) => {
      const { company } = await facts(api, tryton);
      return await foundSales(new Models(api, company), delivery, tryton);
    },
    check: (api) => readFacts(api, tryton),
    warnings: async (api) => {
      const found = await readFacts(api, tryton);
      return await referencesAreUnique(new Models(api, found.company), found, tryton);
    },
  };
});
