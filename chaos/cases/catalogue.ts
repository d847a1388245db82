import { mappingCases } from './beside-orders/mapping.ts';
import { outboxCases } from './beside-orders/outbox.ts';
import { shipmentCases } from './beside-orders/shipments.ts';
import { sinkCases } from './beside-orders/sink.ts';
import { brokerCases } from './broker.ts';
import type { ChaosCase } from './case.ts';
import { certificateCases } from './certificates.ts';
import { clusterCases } from './cluster.ts';
import { crashLoopCases } from './crash-loop.ts';
import { databaseCases } from './database.ts';
import { deadLetterCases } from './dead-letters.ts';
import { oneServerCases } from './failovers/one-server.ts';
import { restoredCases } from './failovers/restored.ts';
import { standbyCases } from './failovers/standby.ts';
import { hostCases } from './host.ts';
import { limitCases } from './limits.ts';
import { mixtureCases } from './mixture.ts';
import { networkCases } from './network.ts';
import { processCases } from './process.ts';
import { reconciliationCases } from './reconciliation.ts';
import { shopCases } from './shop/shop.ts';
import { shopLimitCases } from './shop/shop-limits.ts';
import { shopReplyCases } from './shop/shop-replies.ts';
import { shopTimeCases } from './shop/shop-time.ts';

const GROUPS = 'BCNSDFMKTPRX';

/** Every row of the fault catalogue, in its order. */
export const CATALOGUE: readonly ChaosCase[] = [
  brokerCases,
  crashLoopCases,
  limitCases,
  clusterCases,
  networkCases,
  shopCases,
  shopReplyCases,
  shopLimitCases,
  shopTimeCases,
  reconciliationCases,
  certificateCases,
  databaseCases,
  oneServerCases,
  standbyCases,
  restoredCases,
  mappingCases,
  sinkCases,
  shipmentCases,
  outboxCases,
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
