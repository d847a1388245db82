import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that nothing listens on now. They are below the range that the system gives to clients: a port in it may be taken
 * while its server is down, and a client that reconnects to it can even connect to itself.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  /** @type {Set<number>} */
  const found = new Set();
  while (found.size < count) {
    const candidate = randomInt(10_240, 30_000);
    if (await isFree(candidate)) found.add(candidate);
  }
  return [...found];
}

/** @param {number} port */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
