import type { Command } from 'commander';
import { defineBackfill } from './backfill.ts';
import { defineCheck } from './check/check.ts';
import { defineDeadLetters } from './dead-letters/dead-letters.ts';
import { defineImport } from './import/import.ts';
import { defineNewAdapter } from './new-adapter/new-adapter.ts';
import { defineOrders } from './orders.ts';
import { defineReconcile } from './reconcile/reconcile.ts';
import { defineResync } from './resync/resync.ts';
import { defineForget } from './retention/forget.ts';
import { definePrune } from './retention/prune.ts';
import { defineSend } from './send.ts';
import { defineCompareShipments } from './shipments/compare-shipments.ts';
import { defineShip } from './shipments/ship.ts';
import { defineStatus } from './status.ts';
import { defineTail } from './tail.ts';
import { defineTestAdapter } from './test-adapter/test-adapter.ts';
import { defineTop } from './top/top.ts';
import { defineValidate } from './validate/validate.ts';
import { defineWebhooks } from './webhooks/webhooks.ts';

/** Everything but `start`: the commands that a person runs beside the daemon. */
export function defineOperatorCommands(program: Command): void {
  defineWebhooks(program);
  defineCheck(program);
  program.commandsGroup('Look:');
  defineStatus(program);
  defineOrders(program);
  defineTop(program);
  defineTail(program);
  program.commandsGroup('Fix:');
  defineSend(program);
  defineResync(program);
  defineReconcile(program);
  defineImport(program);
  defineBackfill(program);
  defineDeadLetters(program);
  program.commandsGroup('Keep and forget:');
  definePrune(program);
  defineForget(program);
  program.commandsGroup('Ship:');
  defineShip(program);
  defineCompareShipments(program);
  program.commandsGroup('Connect a shop:');
  defineValidate(program);
  defineNewAdapter(program);
  defineTestAdapter(program);
}
