/**
 * Answers from what `look` found less than `forMs` ago, and never looks twice at a time: however many ask, the broker and the
 * database are asked once.
 */
export function cached<T>(forMs: number, look: () => Promise<T>): { get: () => Promise<T>; forget: () => void } {
  let found: { readonly result: Promise<T>; validUntil: number } | undefined;
  return {
    get() {
      if (found !== undefined && Date.now() < found.validUntil) return found.result;
      const entry = { result: look(), validUntil: Number.POSITIVE_INFINITY };
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
