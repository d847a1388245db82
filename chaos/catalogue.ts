import type { ChaosCase } from './case.ts';
import { brokerCases } from './cases/broker.ts';
import { certificateCases } from './cases/certificates.ts';
import { crashLoopCases } from './cases/crash-loop.ts';
import { databaseCases } from './cases/database.ts';
import { deadLetterCases } from './cases/dead-letters.ts';
import { hostCases } from './cases/host.ts';
import { mixtureCases } from './cases/mixture.ts';
import { networkCases } from './cases/network.ts';
import { processCases } from './cases/process.ts';
import { reconciliationCases } from './cases/reconciliation.ts';
import { shopCases } from './cases/shop.ts';
import { shopReplyCases } from './cases/shop-replies.ts';

const GROUPS = 'BNSDPRX';

/** Every row of the fault catalogue, in its order. */
export const CATALOGUE: readonly ChaosCase[] = [
  brokerCases,
  crashLoopCases,
  networkCases,
  shopCases,
  shopReplyCases,
  reconciliationCases,
  certificateCases,
  databaseCases,
  processCases,
  hostCases,
  deadLetterCases,
  mixtureCases,
]
  .flat()
  .sort((a, b) => place(a.id) - place(b.id));

function place(id: string): number {
  return GROUPS.indexOf(id.charAt(0)) * 100 + Number(id.slice(1));
}
