/**
 * Returns what `load` returned less than `forMs` ago, and never runs it twice at once: however many callers there are, the
 * broker and the database are asked once.
 */
export function cached<T>(forMs: number, load: () => Promise<T>): { get: () => Promise<T>; forget: () => void } {
  let found: { readonly result: Promise<T>; validUntil: number } | undefined;
  return {
    get() {
      if (found !== undefined && Date.now() < found.validUntil) return found.result;
      const entry = { result: load(), validUntil: Number.POSITIVE_INFINITY };
      found = entry;
      entry.result.then(
        () => {
          entry.validUntil = Date.now() + forMs;
        },
        () => {
          if (found === entry) found = undefined;
        },
      );
      return entry.result;
    },
    forget() {
      found = undefined;
    },
  };
}
