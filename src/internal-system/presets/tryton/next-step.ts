import type { Marker } from './marker.ts';
import type { Sale } from './sales.ts';

export type Step =
  | { readonly kind: 'write' | 'mark' | 'quote' | 'confirm' | 'draft' | 'cancel' }
  | { readonly kind: 'done' }
  /** `in-work`: shipment and invoice stand in the way. `cancelled-by-staff`: they had a reason, and the shop does not know it. */
  | { readonly kind: 'left'; readonly because: 'in-work' | 'cancelled-by-staff' };

const step = (kind: 'write' | 'mark' | 'quote' | 'confirm' | 'draft' | 'cancel' | 'done'): Step => ({ kind });

/**
 * The next of the transactions that make a sale so, by nothing but the state in which it is found:
 *
 *     draft (lines, address) → quotation → confirmed → processing → done        cancelled
 *
 * Lines change in a draft alone. What was wanted stands in the sale before it is cancelled, to tell our cancelling from staff's.
 */
export function nextStep({ state, marker }: Pick<Sale, 'state' | 'marker'>, want: Marker): Step {
  const isWritten = marker?.digest === want.digest && marker.target === want.target;
  if (state === 'processing' || state === 'done') {
    const isAsWanted = marker?.digest === want.digest && want.target === 'confirmed';
    return isAsWanted ? step('done') : { kind: 'left', because: 'in-work' };
  }
  if (state === 'cancelled') {
    if (want.target === 'cancelled') return step('done');
    return marker?.target === 'cancelled' ? step('draft') : { kind: 'left', because: 'cancelled-by-staff' };
  }
  if (want.target === 'cancelled') {
    if (state === 'confirmed') return step('draft');
    return marker?.target === 'cancelled' ? step('cancel') : step('mark');
  }
  if (state === 'draft') return isWritten ? step('quote') : step('write');
  if (state === want.target && isWritten) return step('done');
  return state === 'quotation' && isWritten ? step('confirm') : step('draft');
}
