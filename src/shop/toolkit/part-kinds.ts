/** What is done to the parts of an order, or to all of it, before it is mapped. */

export { inUnits } from './in-units.ts';
export { assertWhole, byId, inEach, sumOf } from './parts.ts';
export { rounded, roundedTo, roundingOf } from './rounded-to.ts';
