import { absentOrders, badReferences } from './checks/absent-orders.ts';
import { amounts } from './checks/amounts.ts';
import { batches } from './checks/batches.ts';
import { cancelling } from './checks/cancelling.ts';
import { clock } from './checks/clock.ts';
import { concurrency } from './checks/concurrency.ts';
import { credentials } from './checks/credentials.ts';
import { digits } from './checks/digits.ts';
import { fetching } from './checks/fetching.ts';
import { listEntries } from './checks/list-entries.ts';
import { changedOrders, pageBorders, placedOrders } from './checks/listing.ts';
import { states } from './checks/states.ts';
import { times } from './checks/times.ts';
import type { ContractCheck } from './finding.ts';

/** In the order in which they are shown: what everything else rests on comes first. */
export const CONTRACT: readonly ContractCheck[] = [
  ...[fetching, batches, absentOrders, badReferences],
  ...[digits, states, amounts, times, clock],
  ...[listEntries, changedOrders, placedOrders, pageBorders],
  ...[concurrency, cancelling, credentials],
];
