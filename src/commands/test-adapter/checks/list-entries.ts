import type { OrderStub } from '../../../shop/shop-client.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, ok, skipped, wrong } from '../finding.ts';
import { type FetchedSample, fetched } from '../subject.ts';

type Listed = FetchedSample & { readonly stub: OrderStub };

/** A list says about an order what the order itself says: reconciliation compares it with what is stored. */
export const listEntries: ContractCheck = {
  name: 'list entries',
  run({ samples, oddEntries }) {
    if (oddEntries.length > 0) {
      return [
        wrong(`${counted(oddEntries.length, 'entry', 'entries')} of the list can't be read.`, {
          examples: oddEntries.map(({ orderNumber, problem }) => `order ${orderNumber}: ${problem}`),
          remedy: 'Reconciliation would pass over such an order, and only report it.',
        }),
      ];
    }
    const listed = fetched(samples).filter((sample): sample is Listed => sample.stub !== undefined);
    if (listed.length === 0) return [skipped('no order came from a list')];
    const different = listed.flatMap(({ stub, order }) => {
      // It may have changed since it was listed.
      const isSame = stub.updatedAt === order.updatedAt;
      const fields = [
        ...(stub.orderNumber === order.orderNumber ? [] : ['orderNumber']),
        ...([undefined, order.shopOrderId].includes(stub.shopOrderId) ? [] : ['shopOrderId']),
        ...(isSame && stub.status !== order.status ? ['status'] : []),
        ...(stub.updatedAt > order.updatedAt ? ['updatedAt'] : []),
      ];
      return fields.length === 0 ? [] : [`order ${order.orderNumber}: ${fields.join(', ')}`];
    });
    if (different.length === 0) return [ok(`${counted(listed.length, 'order')}: the list and the order itself agree`)];
    return [
      wrong(`The list and the order itself differ, ${counted(different.length, 'time')}.`, {
        examples: different,
        remedy: 'Use one function for both: reconciliation would ask for such an order again and again.',
      }),
    ];
  },
};
