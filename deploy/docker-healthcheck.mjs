/** Is the daemon in this container alive? Asks /livez if OPS_PORT is set. Without it, a running process is all that can be known. */
const { OPS_PORT: port, OPS_HOST: host = '127.0.0.1' } = process.env;

if (port) process.exitCode = (await isAlive(port)) ? 0 : 1;

/** @param {string} port */
async function isAlive(port) {
  const address = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
  const authority = address.includes(':') ? `[${address}]` : address;
  try {
    const reply = await fetch(`http://${authority}:${port}/livez`, { signal: AbortSignal.timeout(4000) });
    return reply.ok;
  } catch {
    return false;
  }
}
