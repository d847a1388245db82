import type { InternalSystemFactory } from '../../src/index.ts';

/** An internal system with a bug: it throws an error that is not caught anywhere. */
const crashing: InternalSystemFactory = () => ({
  open: async () => undefined,
  writeOrders: () => {
    setImmediate(() => {
      throw new Error('thrown from a timer');
    });
    return new Promise(() => undefined);
  },
});

export default crashing;
