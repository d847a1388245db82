import type { Logger } from 'pino';
import { isInTime } from '../../async/deadline.ts';
import type { Actor, AuditAction } from '../../internal-system/audit-store.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import type { Who } from '../http/access.ts';
import type { OpsRequest } from '../http/routes.ts';

export interface AuditParts {
  readonly logger: Logger;
  readonly internalSystem: Pick<InternalSystem, 'audit'>;
}

/** While the database hangs, an action is in the log alone, and its answer does not wait. */
const STORE_TIMEOUT_MS = 2_000;

/**
 * Notes who did what, from where: in the log, and in the internal system's audit as far as it has one. Call it once the action
 * is done. That the database is away must not keep people from acting, so it never rejects: the log then has the only entry, and
 * an error beside it. (A discard is different: dead-letters/discard.ts.)
 *
 * @param fields further facts for both, without personal data; `order` or `orders` are the orders that it was about
 */
export async function audit(
  parts: AuditParts,
  request: Pick<OpsRequest, 'who' | 'address'>,
  action: AuditAction,
  text: string,
  fields: AuditFields = {},
): Promise<void> {
  logAction(parts, request, action, text, fields);
  const { logger, internalSystem } = parts;
  const { order, orders = order === undefined ? [] : [order], ...details } = fields;
  const stored = internalSystem.audit?.add({ ...actorOf(request), action, orders, details });
  if (stored === undefined) return;
  // Late or early, its failure is told.
  const told = stored.catch((err: unknown) => logger.error({ audit: action, err }, 'only the log has this action'));
  await isInTime(told, STORE_TIMEOUT_MS);
}

export interface AuditFields {
  readonly order?: string;
  readonly orders?: readonly string[];
  readonly [name: string]: unknown;
}

/** The log's half, for what has been in the audit since before it happened. */
export function logAction(
  { logger }: Pick<AuditParts, 'logger'>,
  request: Pick<OpsRequest, 'who' | 'address'>,
  action: AuditAction,
  text: string,
  fields: AuditFields,
): void {
  const { name, role, address } = actorOf(request);
  const level = CHANGE_NOTHING.has(action) ? 'info' : 'warn';
  logger[level]({ audit: action, name, role, address, ...fields }, `dashboard: ${text}`);
}

const CHANGE_NOTHING: ReadonlySet<AuditAction> = new Set(['sign-in', 'sign-out', 'searched']);

export function actorOf({ who, address }: { readonly who: Who | undefined; readonly address: string }): Actor {
  return { name: who?.name ?? 'unknown', role: who?.role ?? 'viewer', address };
}
