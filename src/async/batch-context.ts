/** Does work in the asynchronous context in which it was created. */
export type InContext = <T>(work: () => T) => T;

/** What of a caller's asynchronous context a batch runs in: that of its first item. */
export interface BatchContext {
  readonly ofNow: () => InContext;
  /** Runs what several items share, in the context of the first; given are the contexts of all. */
  readonly around: (contexts: readonly InContext[], run: () => Promise<void>) => Promise<void>;
}
