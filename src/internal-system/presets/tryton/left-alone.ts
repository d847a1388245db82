import { conflictsWith, type SinkDelivery, type SinkResult } from '../../erp/index.ts';
import type { Sale } from './sales.ts';

/** A sale that nobody may change any more, or that staff have cancelled: a person must look. */
export function leftAlone(
  { id, state }: Sale,
  because: 'in-work' | 'cancelled-by-staff',
  delivery: SinkDelivery,
): SinkResult {
  const erpId = String(id);
  if (because === 'cancelled-by-staff') {
    return { erpId, conflict: ['reinstated'], note: 'The sale was cancelled in Tryton, and was left so.' };
  }
  const note = `The sale is ${state} in Tryton, and was left as it is.`;
  return { erpId, conflict: conflictsWith(delivery), note };
}
