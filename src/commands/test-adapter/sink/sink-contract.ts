import type { ContractCheck } from '../finding.ts';
import { cleanUp } from './checks/clean-up.ts';
import { cancellations, changes, firstDelivery, refusals, repeatedDelivery, sideBySide } from './checks/delivering.ts';
import { cutOff, uniqueKey } from './checks/interrupting.ts';
import { manyOrders } from './checks/many-orders.ts';
import { absentOrder, checking, notWritten } from './checks/reading.ts';
import type { SinkSubject } from './sink-subject.ts';

/** They change nothing in the ERP. */
export const READING: readonly ContractCheck<SinkSubject>[] = [checking, absentOrder];

export { notWritten as NOT_WRITTEN };

/** In the order in which they are shown: what everything else rests on comes first. */
export const WRITING: readonly ContractCheck<SinkSubject>[] = [
  ...[firstDelivery, repeatedDelivery, changes, cancellations],
  ...[sideBySide, cutOff, refusals, uniqueKey],
  ...[manyOrders, cleanUp],
];
