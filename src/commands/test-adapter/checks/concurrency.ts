import { contentHash } from '../../../internal-system/newest-wins.ts';
import { type ContractCheck, ok, skipped, wrong } from '../finding.ts';
import { fetched } from '../subject.ts';

/** The daemon fetches several orders at a time; what one request brings must not end up in another. */
export const concurrency: ContractCheck = {
  name: 'two at a time',
  async run({ client, shop, samples }) {
    const pair = fetched(samples).slice(-2);
    if (pair.length < 2) return [skipped('it takes two orders')];
    if (client.maxCalls === 1) return [skipped('maxCalls is 1: there will be only one')];
    const results = await Promise.all(pair.map(({ reference }) => shop.fetch([reference])));
    const mixedUp = pair.filter(({ reference, order }, index) => {
      const result = results[index]?.get(reference);
      if (result?.kind !== 'order' || result.order.shopOrderId !== order.shopOrderId) return true;
      return result.order.updatedAt === order.updatedAt && contentHash(result.order) !== contentHash(order);
    });
    if (mixedUp.length === 0) return [ok('two requests at a time bring what each asked for')];
    return [
      wrong('Two requests at a time do not bring what each of them brings alone.', {
        examples: mixedUp.map(({ reference }) => `order ${reference}`),
        remedy: 'Keep nothing of a request outside of it. If the shop takes one at a time, set maxCalls: 1.',
      }),
    ];
  },
};
