import { asSyncError } from '../../../../errors.ts';
import { type ContractCheck, odd, ok } from '../../finding.ts';
import type { SinkSubject } from '../sink-subject.ts';
import { TEST_PREFIX } from '../test-order.ts';

/** Nobody must ship what was made up. */
export const cleanUp: ContractCheck<SinkSubject> = {
  name: 'clean-up',
  async run({ sink, orders, recipe }) {
    const left: string[] = [];
    for (const order of orders.filter(({ order: { status } }) => status !== 'cancelled')) {
      const failure = await sink.deliver(order.change('cancelled')).then(() => undefined, asSyncError);
      if (failure !== undefined && failure.reason !== 'write_rejected') left.push(order.number);
    }
    const names = `${TEST_PREFIX}-${recipe.run}-…`;
    if (left.length === 0) return [ok(`All test orders (${names}) are cancelled, and may be deleted in the ERP`)];
    return [
      odd(`${left.length} test orders could not be cancelled.`, {
        examples: left,
        remedy: `Delete ${names} in the ERP.`,
      }),
    ];
  },
};
