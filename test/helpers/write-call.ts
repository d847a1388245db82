import type { WriteCall } from '../../src/index.ts';

/** A call of `writeOrders` that has all the time it wants. `report` is for those that look at what was reported. */
export function aCall(report: WriteCall['report'] = () => undefined): WriteCall {
  return { signal: new AbortController().signal, report };
}
