import { SyncError } from '../../../errors.ts';

/** This order can't be mapped. @param problem completes "The mapping can't write this order: …", without the order's data */
export function refuse(problem: string): never {
  throw new SyncError('write_rejected', `The mapping can't write this order: ${problem}.`);
}
