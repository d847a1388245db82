import createSink from '../../examples/order-sink.ts';
import type { OrderSinkFactory } from '../../src/index.ts';

/** The example, for an ERP whose requests are over sooner than those of real ones. */
const quick: OrderSinkFactory = async (context) => ({
  ...(await createSink(context)),
  timeoutMs: 2_000,
  settleMs: 100,
});

export default quick;
