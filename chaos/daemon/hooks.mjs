/**
 * Loaded before a daemon's own code (`node --import`), for faults that cannot be injected from outside. On SIGUSR1, the
 * event loop blocks for CHAOS_BLOCK_MS, or the clock jumps by the next of CHAOS_CLOCK_JUMPS_MS.
 */
const blockMs = Number(process.env['CHAOS_BLOCK_MS'] ?? 0);
const jumps = (process.env['CHAOS_CLOCK_JUMPS_MS'] ?? '').split(',').map(Number);
const trueNow = Date.now;
let ahead = 0;

Date.now = () => trueNow() + ahead;
globalThis.Date = new Proxy(Date, {
  construct: (target, args) => Reflect.construct(target, args.length === 0 ? [Date.now()] : args),
});

process.on('SIGUSR1', () => {
  if (blockMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  ahead += jumps.shift() ?? 0;
});
