import { asSyncError, type SyncError } from '../../../errors.ts';
import type { FetchResult } from '../../../shop/shop-client.ts';
import { type ContractCheck, type Finding, ok, skipped, wrong } from '../finding.ts';
import type { PoliteShop } from '../polite-shop.ts';
import { fetched } from '../subject.ts';

/** An order that the shop does not have is "not found", never an error, and spoils no other. */
export const absentOrders: ContractCheck = {
  name: 'absent orders',
  async run({ samples, shop }) {
    const known = fetched(samples).at(-1);
    if (known === undefined) return [skipped('no order could be fetched')];
    const absent = inventedLike(known.reference);
    const alone = await outcome(shop, [absent], absent);
    const findings = [...problemsWith(alone, `order ${absent}, which was made up`)];
    if (shop.maxBatch > 1 && findings.length === 0) {
      const references = [absent, known.reference];
      findings.push(
        ...problemsWith(await outcome(shop, references, absent), `order ${absent} in one batch with another`),
      );
      if (findings.length === 0 && (await outcome(shop, references, known.reference)) !== 'order') {
        findings.push(
          wrong('An absent order spoils the batch: the other one is missing too.', {
            examples: [`order ${known.reference}`],
          }),
        );
      }
    }
    return findings.length > 0
      ? findings
      : [ok(`an invented order number is not found${shop.maxBatch > 1 ? ', alone and among others' : ''}`)];
  },
};

/** An event may name anything that looks like an order number. That must fail alone, and not look like an outage. */
export const badReferences: ContractCheck = {
  name: 'bad references',
  async run({ samples, shop }) {
    const known = fetched(samples).at(-1);
    if (known === undefined) return [skipped('no order could be fetched')];
    const references = shop.maxBatch > 1 ? [ODD_REFERENCE, known.reference] : [ODD_REFERENCE];
    const odd = await outcome(shop, references, ODD_REFERENCE);
    const others = shop.maxBatch > 1 ? await outcome(shop, references, known.reference) : 'order';
    // Refused for itself is as good as not found.
    const isFine = odd === 'not-found' || (typeof odd === 'object' && odd.kind !== 'outage' && others === 'order');
    if (isFine && others === 'order') return [ok(`a reference such as "${ODD_REFERENCE}" fails alone`)];
    return [
      wrong(
        `A reference such as "${ODD_REFERENCE}" ${describe(odd)}${others === 'order' ? '' : ', and spoils its batch'}.`,
        {
          remedy:
            'Encode references in URLs and queries (encodeURIComponent), and return not-found for one that the shop refuses.',
        },
      ),
    ];
  },
};

/** No shop has it, yet it is a proper reference: blanks, a slash, "#" and letters that URLs have to encode. */
const ODD_REFERENCE = '#0/订单 order-sync=test';

type Outcome = FetchResult['kind'] | 'nothing' | SyncError;

async function outcome(shop: PoliteShop, references: readonly string[], reference: string): Promise<Outcome> {
  try {
    const result = (await shop.fetch(references)).get(reference);
    return result?.kind === 'failed' ? asSyncError(result.error, 'shop_error') : (result?.kind ?? 'nothing');
  } catch (error) {
    return asSyncError(error, 'shop_error');
  }
}

function problemsWith(found: Outcome, what: string): Finding[] {
  if (found === 'not-found') return [];
  const remedy =
    'Return not-found when the shop says that there is no such order: a 404, null, an empty list, its own code.';
  return [wrong(`Asked for ${what}, fetchOrders ${describe(found)}; expected not-found.`, { remedy })];
}

function describe(found: Outcome): string {
  if (typeof found === 'object') return `failed with ${found.reason}: ${found.message.replace(/\.$/, '')}`;
  if (found === 'order') return 'returned an order all the same';
  return found === 'nothing' ? 'returned nothing' : `returned ${found}`;
}

/** Of the same form as a real one, as shops check the form first. */
function inventedLike(reference: string): string {
  const other = [...reference].map((character) =>
    /\d/.test(character) ? String((Number(character) + 7) % 10) : character,
  );
  const invented = other.join('').replace(/^0/, '9');
  return invented === reference ? `${reference}-none` : invented;
}
