import type { Command } from 'commander';
import { defineAudit } from './audit.ts';
import { defineBackfill } from './backfill.ts';
import { defineCheck } from './check/check.ts';
import { defineDeadLetters } from './dead-letters/dead-letters.ts';
import { defineNewAdapter } from './new-adapter/new-adapter.ts';
import { defineOrders } from './orders.ts';
import { defineReconcile } from './reconcile/reconcile.ts';
import { defineResync } from './resync/resync.ts';
import { defineSend } from './send.ts';
import { defineCompareShipments } from './shipments/compare-shipments.ts';
import { defineShip } from './shipments/ship.ts';
import { defineStatus } from './status.ts';
import { defineTail } from './tail.ts';
import { defineTestAdapter } from './test-adapter/test-adapter.ts';
import { defineToken } from './token.ts';
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
  defineAudit(program);
  program.commandsGroup('Fix:');
  defineSend(program);
  defineResync(program);
  defineReconcile(program);
  defineBackfill(program);
  defineDeadLetters(program);
  program.commandsGroup('Ship:');
  defineShip(program);
  defineCompareShipments(program);
  program.commandsGroup('People:');
  defineToken(program);
  program.commandsGroup('Connect a shop:');
  defineValidate(program);
  defineNewAdapter(program);
  defineTestAdapter(program);
}
