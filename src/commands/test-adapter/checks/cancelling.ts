import { withTimeout } from '../../../async/deadline.ts';
import { type ContractCheck, ok, skipped, wrong } from '../finding.ts';
import { fetched } from '../subject.ts';

const PATIENCE_MS = 10_000;

/** When an outage begins, what is under way is given up: a request whose signal is aborted ends. */
export const cancelling: ContractCheck = {
  name: 'cancelling',
  async run({ client, samples }) {
    const known = fetched(samples).at(-1);
    if (known === undefined) return [skipped('no order could be fetched')];
    const aborted = AbortSignal.abort(new Error('The contract test has cancelled this request.'));
    const request = client.fetchOrders([known.reference], aborted).then(
      (results) => (results.get(known.reference)?.kind === 'order' ? 'goes on' : 'ends'),
      () => 'ends',
    );
    const outcome = await withTimeout(request, PATIENCE_MS, () => 'goes on');
    if (outcome === 'ends') return [ok('a request that is cancelled ends')];
    return [
      wrong('fetchOrders goes on although its signal is aborted.', {
        remedy: 'Pass the signal on: fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]) }).',
      }),
    ];
  },
};
