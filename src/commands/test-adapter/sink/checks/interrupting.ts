import { setTimeout as sleep } from 'node:timers/promises';
import { type ContractCheck, type Finding, odd, ok, skipped, wrong } from '../../finding.ts';
import { verdictOn } from '../flaws.ts';
import type { SinkSubject } from '../sink-subject.ts';
import type { TestOrder } from '../test-order.ts';

/** Of each kind: orders that are new, and orders that change. */
const POINTS = 12;
/** An upsert that listens to its signal ends in a moment. */
const MOMENT_MS = 2_000;

/** The daemon dies at points spread over the whole upsert; after the lease, another one delivers. */
export const cutOff: ContractCheck<SinkSubject> = {
  name: 'cut off',
  async run(subject) {
    const { sink } = subject;
    const isNew = subject.some(POINTS);
    const changed = subject.some(POINTS);
    await sink.deliverAll(changed);
    for (const order of changed) order.change();
    const lateMs = [...(await cutEach(subject, isNew)), ...(await cutEach(subject, changed))];
    await sleep(sink.settleMs);
    const orders = [...isNew, ...changed];
    await sink.deliverAll(orders);
    const message = `${orders.length} upserts cut off at ${POINTS} points each: delivered again, every order is there once`;
    return [...verdictOn(await sink.flawsIn(orders), orders.length, message), ...afterSignal(Math.max(...lateMs))];
  },
};

async function cutEach({ sink }: SinkSubject, orders: readonly TestOrder[]): Promise<number[]> {
  const wholeMs = sink.slowestMs;
  const lateMs: number[] = [];
  for (const [index, order] of orders.entries()) {
    lateMs.push(await sink.cutOff(order, (wholeMs * index) / (orders.length - 1)));
  }
  return lateMs;
}

function afterSignal(lateMs: number): Finding[] {
  if (lateMs <= MOMENT_MS) return [ok('An upsert ends soon after its signal is aborted')];
  const remedy = 'Pass the signal on to each request: otherwise the daemon cannot stop in time.';
  return [wrong(`An upsert goes on for ${Math.round(lateMs / 1000)} s after its signal is aborted.`, { remedy })];
}

/** What the lease of the ledger prevents, and a second ledger or a person would not. */
export const uniqueKey: ContractCheck<SinkSubject> = {
  name: 'unique key',
  async run(subject) {
    const { sink } = subject;
    const order = subject.one();
    await Promise.allSettled([sink.upsert(order), sink.upsert(order)]);
    order.isUncertain = true;
    await sink.deliver(order);
    const [flaw] = await sink.flawsIn([order]);
    if (flaw?.flaw === 'doubled') {
      return [
        odd('The ERP has no unique key: two creates of one reference at the same time make two records.', {
          examples: [flaw.example],
          remedy:
            'Make the reference unique in the ERP if it can be. Otherwise only the lease in the ledger keeps orders single: let no daemon with another ledger write into it, and leave settleMs as long as a request can last.',
        }),
      ];
    }
    if (flaw !== undefined) return verdictOn([flaw], 1, '');
    if (!sink.canFind && order.erpIds.size === 0) return [skipped('Without find() and erpId, nobody can tell.')];
    return [ok('Two creates of one reference at the same time make one record')];
  },
};
