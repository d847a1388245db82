/** The daemon's clock minus the browser's, in ms: "3 s ago" must not depend on the reader's clock. */
let offsetMs = 0;

/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {ReturnType<typeof setInterval> | undefined} */
let ticking;

/** @param {string} now by the daemon's clock */
export function setClock(now) {
  offsetMs = Date.parse(now) - Date.now();
}

/** By the daemon's clock, in ms. */
export function now() {
  return Date.now() + offsetMs;
}

/** One timer for all that age. @param {() => void} listener @returns {() => void} that ends it */
export function everySecond(listener) {
  listeners.add(listener);
  ticking ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}
