import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/**
 * V8 assumes plenty of memory, and lets garbage grow to a multiple of what is in use before it collects all of it. The daemon
 * shares its machine.
 */
const HEAP_GROWTH_PERCENT = 50;
/**
 * The young generation doubles until it has more than this: 32 MB, half of what V8 would take. With less, orders under way would
 * outlive two collections, and become old just before they are garbage.
 */
const YOUNG_BYTES = 24 * 1024 * 1024;
/**
 * Before its last compiler takes on a function, it has run this often: for each of 20,000 orders. A short backlog right after a
 * start would pay for code that it hardly uses.
 */
const CALLS_BEFORE_TURBOFAN = 20_000;
/**
 * Before its last but one compiler does. V8 waits for 400, which a quiet shop has in a day: until then, a lone order would run slow
 * code.
 */
const CALLS_BEFORE_MAGLEV = 50;

/** What of V8's settings suits a daemon. Each was measured: docs/performance.md. */
export function setUpV8(): void {
  setFlagsFromString(`--invocation-count-for-maglev=${CALLS_BEFORE_MAGLEV}`);
  setFlagsFromString(`--invocation-count-for-turbofan=${CALLS_BEFORE_TURBOFAN}`);
  // What survived while V8 learnt, as the orders under way do, would be made old from then on, with all that it refers to: garbage
  // that only a full collection finds.
  setFlagsFromString('--no-allocation-site-pretenuring');
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  // The size of the young generation can be set only where Node is started; so its growth is ended.
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    if (young !== undefined && young.space_size <= YOUNG_BYTES) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}
