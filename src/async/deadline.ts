/**
 * The promise's outcome, or after `ms` whatever `onTimeout` returns or throws. The work itself continues: give it a signal
 * of its own if it can be cancelled.
 */
export async function withTimeout<T, Late>(work: Promise<T>, ms: number, onTimeout: () => Late): Promise<T | Late> {
  const late = Promise.withResolvers<Late>();
  const timer = setTimeout(() => {
    try {
      late.resolve(onTimeout());
    } catch (error) {
      late.reject(error);
    }
  }, ms);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** False after `ms`, whatever becomes of the work later. @throws what it throws in time */
export function isInTime(work: Promise<unknown>, ms: number): Promise<boolean> {
  return withTimeout(
    work.then(() => true),
    ms,
    () => false,
  );
}

/** The promise's outcome, unless `signal` is aborted first: then its reason is thrown. The work itself continues. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
