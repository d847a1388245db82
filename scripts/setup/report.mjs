/** Set-up needs a person; the message says what to do. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError';
}

/**
 * One readable line per step. On standard error, so that `npm start` keeps standard output for the log.
 *
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`set-up: ${line}\n`);
}

/**
 * Reports the start of a step, its progress, and how long it took.
 *
 * @template T
 * @param {string} doing
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(doing, work) {
  const start = Date.now();
  const seconds = () => `${((Date.now() - start) / 1000).toFixed(1)} s`;
  say(`${doing} …`);
  const progress = setInterval(() => say(`${doing} … (${seconds()})`), 5000);
  try {
    const result = await work();
    say(`${doing}: done in ${seconds()}`);
    return result;
  } finally {
    clearInterval(progress);
  }
}
