/** Capped exponential delay with jitter: between half and all of `min · 2^attempt`, so that many clients spread out. */
export function backoffMs(attempt: number, limits: { readonly minMs: number; readonly maxMs: number }): number {
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** Math.min(attempt, 30));
  return Math.round(ceiling * (0.5 + Math.random() / 2));
}
