import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import type { ClientConfig, PoolClient } from 'pg';
import type { ServerAddress } from '../sql/server-url.ts';
import { TIME_LIMITS_MS } from '../sql/time-limits.ts';

const SSL_REQUEST = message(80_877_103);
const CANCEL_REQUEST = 80_877_102;

/**
 * Asks the server to give up what this connection waits for, on a connection of its own, as the protocol has it. Dropping the
 * connection is not enough: a server process that waits in a COMMIT, for a standby that is away, does not notice. The driver's
 * own `cancel` knows no TLS. Never rejects, as the server may be away.
 */
export async function cancelOnServer(
  client: PoolClient,
  { host, port, ssl }: ServerAddress & Pick<ClientConfig, 'ssl'>,
): Promise<void> {
  const key = backendKey(client);
  if (key === undefined) return;
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  const signal = AbortSignal.timeout(TIME_LIMITS_MS.cancel);
  try {
    await once(socket, 'connect', { signal });
    const channel = typeof ssl === 'object' ? await encrypted(socket, { ...ssl, host }, signal) : socket;
    channel.end(message(CANCEL_REQUEST, key.processID, key.secretKey));
    // The server closes it once it has passed the request on.
    channel.resume();
    await once(channel, 'close', { signal });
  } catch {
    // Then the server is away, and so is its process.
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

async function encrypted(socket: Socket, options: object, signal: AbortSignal): Promise<Socket> {
  socket.write(SSL_REQUEST);
  await once(socket, 'data', { signal });
  const channel = secure({ ...options, socket });
  await once(channel, 'secureConnect', { signal });
  return channel;
}

/** A message without a type: its length, its code, its values. */
function message(...words: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * words.length);
  for (const [index, word] of [bytes.length, ...words].entries()) bytes.writeInt32BE(word, 4 * index);
  return bytes;
}

/** What identifies the server's process, or whatever a pooler says in its place; the driver's types don't know it. */
export function backendKey(client: object): { processID: number; secretKey: number } | undefined {
  if (!('processID' in client && 'secretKey' in client)) return undefined;
  const { processID, secretKey } = client;
  return typeof processID === 'number' && typeof secretKey === 'number' ? { processID, secretKey } : undefined;
}
