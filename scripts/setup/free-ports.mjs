import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports nobody listens on now. They lie below those that the system hands to clients: such a port may be taken while its
 * server is down, and a client that tries to reconnect to it can even connect to itself.
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
