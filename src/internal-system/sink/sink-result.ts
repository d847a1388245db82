import { z } from 'zod';
import { SyncError } from '../../errors.ts';
import { CONFLICTS } from '../conflicts.ts';
import type { Receipt } from '../sql/deliveries.ts';

const sinkResult = z.object({
  erpId: z.string().trim().min(1).max(255).optional(),
  note: z.string().trim().max(1_000).optional(),
  conflict: z.array(z.enum(CONFLICTS)).default([]),
});

/**
 * A module need not be type-checked, and the order is in the ERP by now.
 *
 * @throws SyncError `write_failed`
 */
export function readResult(value: unknown): Receipt {
  const parsed = sinkResult.safeParse(value ?? {});
  if (parsed.success) {
    const { erpId, note, conflict } = parsed.data;
    return { erpId, note: note === '' ? undefined : note, conflicts: conflict };
  }
  const fields = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'result'}: ${message}`);
  throw new SyncError('write_failed', `The sink's upsert() returned what is no SinkResult: ${fields.join('; ')}.`, {
    isOver: true,
  });
}
