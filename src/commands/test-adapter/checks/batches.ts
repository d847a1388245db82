import { contentHash } from '../../../internal-system/newest-wins.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, ok, skipped, wrong } from '../finding.ts';
import { fetched } from '../subject.ts';

const TRIED = 5;

/** An order reads the same whether it is fetched alone, again, or with others. */
export const batches: ContractCheck = {
  name: 'batches',
  async run({ samples, shop }) {
    const tried = fetched(samples).slice(-TRIED);
    if (tried.length === 0) return [skipped('no order could be fetched')];
    const different: string[] = [];
    for (const { reference, order } of tried) {
      const alone = (await shop.fetch([reference])).get(reference);
      if (alone?.kind !== 'order') different.push(`order ${reference}: it can be fetched with others, but not alone`);
      // It may have been changed since.
      else if (alone.order.updatedAt === order.updatedAt && contentHash(alone.order) !== contentHash(order)) {
        different.push(`order ${reference}: ${differingField(alone.order, order)}`);
      }
    }
    if (different.length === 0) {
      const tested = Math.min(shop.maxBatch, samples.length);
      const short = tested < shop.maxBatch ? `; only ${tested} of maxBatch ${shop.maxBatch} could be tried` : '';
      return [ok(`${counted(tried.length, 'order')} fetched again, alone: the same content${short}`)];
    }
    return [
      wrong('The same order reads differently when it is fetched again, alone.', {
        examples: different,
        remedy: 'Each look would write it again. Give null, not the time of day; keep lists in one order.',
      }),
    ];
  },
};

function differingField(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return (
    [...fields].find((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field])) ?? 'the order of its fields'
  );
}
