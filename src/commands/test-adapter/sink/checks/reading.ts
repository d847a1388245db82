import { type ContractCheck, odd, ok, skipped, wrong } from '../../finding.ts';
import type { SinkSubject } from '../sink-subject.ts';
import { TEST_PREFIX } from '../test-order.ts';

export const checking: ContractCheck<SinkSubject> = {
  name: 'check',
  async run({ sink }) {
    if (!sink.hasCheck) {
      const remedy =
        'Give it one: order-sync check calls it, so that a wrong address or password shows before the first order.';
      return [odd('There is no check().', { remedy })];
    }
    await sink.check();
    return [ok('check() passes')];
  },
};

export const absentOrder: ContractCheck<SinkSubject> = {
  name: 'absent order',
  async run(subject) {
    const { sink } = subject;
    if (!sink.canFind) {
      return [skipped('There is no find(): what the ERP holds is not looked at, only the ids that upsert() returns.')];
    }
    const records = (await sink.find(subject.unwritten())) ?? [];
    if (records.length === 0) return [ok('find() finds nothing of an order that was never written')];
    const examples = records.map(({ erpId }) => erpId);
    return [
      wrong('find() finds an order that was never written.', { examples, remedy: 'Does it search by the reference?' }),
    ];
  },
};

export const notWritten: ContractCheck<SinkSubject> = {
  name: 'deliveries',
  run: () => [
    skipped(
      `Nothing was written. With --write, order-sync writes orders named ${TEST_PREFIX}-… into the ERP, and cancels them.`,
    ),
  ],
};
