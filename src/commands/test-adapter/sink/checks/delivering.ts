import { type ContractCheck, type Finding, odd, ok, skipped } from '../../finding.ts';
import { verdictOn } from '../flaws.ts';
import type { SinkSubject } from '../sink-subject.ts';

const A_FEW = 3;

export const firstDelivery: ContractCheck<SinkSubject> = {
  name: 'first delivery',
  async run(subject) {
    const orders = subject.some(A_FEW);
    await subject.sink.deliverAll(orders);
    const nameless = orders.filter((order) => order.erpIds.size === 0).map(({ number }) => number);
    const remedy =
      'Return the id under which the ERP keeps the order: the next delivery gets it back as previous.erpId.';
    const findings = nameless.length === 0 ? [] : [odd('upsert() returns no erpId.', { examples: nameless, remedy })];
    return [...verdictOn(await subject.sink.flawsIn(orders), A_FEW, `${A_FEW} orders written`), ...findings];
  },
};

/** The ack was lost: the ledger does not know that it was delivered. */
export const repeatedDelivery: ContractCheck<SinkSubject> = {
  name: 'repeated delivery',
  async run(subject) {
    const orders = subject.some(A_FEW);
    for (let times = 0; times < 2; times += 1) {
      for (const order of orders) {
        await subject.sink.deliver(order);
        order.previous = undefined;
        order.isUncertain = true;
      }
    }
    const message = 'An order that is delivered again, uncertain, is there once';
    return verdictOn(await subject.sink.flawsIn(orders), A_FEW, message);
  },
};

export const changes: ContractCheck<SinkSubject> = {
  name: 'changes',
  async run(subject) {
    const orders = subject.some(A_FEW);
    await subject.sink.deliverAll(orders);
    for (const order of orders) order.change();
    await subject.sink.deliverAll(orders);
    // Revisions are skipped where events come faster than the ERP is; and nobody knows whether this one has arrived before.
    for (const order of orders) order.change().change().isUncertain = true;
    await subject.sink.deliverAll(orders);
    return verdictOn(
      await subject.sink.flawsIn(orders),
      A_FEW,
      'Orders that change are changed, revisions that are skipped included',
    );
  },
};

export const cancellations: ContractCheck<SinkSubject> = {
  name: 'cancellations',
  async run(subject) {
    const { sink } = subject;
    const orders = subject.some(A_FEW);
    await sink.deliverAll(orders);
    for (const order of orders) order.change('cancelled');
    const bornCancelled = subject.one().change('cancelled');
    const all = [...orders, bornCancelled];
    await sink.deliverAll(all);
    for (const order of all) order.isUncertain = true;
    await sink.deliverAll(all);
    const flawed = await sink.flawsIn(all);
    const message = 'Cancelled orders are cancelled, also twice, and one that was cancelled before it came';
    return [
      ...verdictOn(flawed, all.length, message, {
        wrong: 'Cancel what the ERP holds when order.status is "cancelled".',
      }),
    ];
  },
};

const ROUNDS = 3;

export const sideBySide: ContractCheck<SinkSubject> = {
  name: 'side by side',
  async run(subject) {
    const { sink } = subject;
    if (sink.maxUpserts === 1) return [skipped('maxUpserts is 1: upserts come one at a time')];
    const orders = subject.some(sink.maxUpserts * 2);
    for (let round = 0; round < ROUNDS; round += 1) {
      await sink.deliverAll(orders);
      for (const order of orders) order.change();
    }
    await sink.deliverAll(orders);
    const message = `${orders.length} orders written ${sink.maxUpserts} at a time, ${ROUNDS + 1} times each`;
    return verdictOn(await sink.flawsIn(orders), orders.length, message);
  },
};

/** ISO 4217's code for tests. No shop sells in it. */
const NO_CURRENCY = 'XTS';
const NO_SKU = 'ORDER-SYNC-NO-SUCH-PRODUCT';

export const refusals: ContractCheck<SinkSubject> = {
  name: 'refusals',
  async run(subject): Promise<readonly Finding[]> {
    const order = subject.one({ currency: NO_CURRENCY, sku: NO_SKU });
    const error = await subject.refusalOf(order);
    if (error === undefined) {
      return [
        odd(`The ERP takes an order in the currency ${NO_CURRENCY}, of a product ${NO_SKU}.`, {
          examples: [order.number],
          remedy:
            'Fine if it keeps whatever comes. Otherwise refuse it with write_rejected: a person then sees it in the dead letters.',
        }),
      ];
    }
    if (error.reason === 'write_rejected')
      return [ok('An order that the ERP cannot take is refused with write_rejected')];
    const remedy = 'Throw write_rejected: only the refused order is then a dead letter, at once.';
    const then = error.kind === 'outage' ? 'pauses all others' : 'is tried again and again';
    return [odd(`An order that the ERP cannot take ${then}: ${error.reason}.`, { examples: [order.number], remedy })];
  },
};
