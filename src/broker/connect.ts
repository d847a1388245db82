import { isIP, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { connect as amqpConnect, type Channel, type ChannelModel, type SocketOptions } from 'amqplib';
import { orAborted, withTimeout } from '../async/deadline.ts';
import { tlsProblem } from '../tls-problem.ts';
import { patchAmqplib } from './amqplib-patch.ts';
import { brokerName, type Endpoint } from './endpoint.ts';
import { BrokerUnavailableError } from './errors.ts';
import { resetSocket } from './reset-socket.ts';

patchAmqplib();

/** A dead peer is noticed after two to three of these. The server's own 60 s would take minutes. */
const HEARTBEAT_SECONDS = 10;
/** `close()` waits for the broker's CloseOk, which a dead peer never sends. */
const CLOSE_TIMEOUT_MS = 2_000;

/**
 * @param timeoutMs for TCP, TLS and AMQP handshake together. amqplib itself waits forever for a peer that accepts and stays silent
 * @throws BrokerUnavailableError after that time, the signal's reason when aborted, else whatever amqplib throws
 */
export async function connect(
  endpoint: Endpoint,
  connectionName: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ChannelModel> {
  const { host, address, port, username, password, vhost, tls } = endpoint;
  // Not `signal` itself: it would cut the connection off at a clean stop, acks and all.
  const handshake = new AbortController();
  const socket: SocketOptions & { signal: AbortSignal; servername?: string } = {
    ...tls,
    // Whatever the address, the certificate must be that of the name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    signal: handshake.signal,
    noDelay: true,
    clientProperties: { connection_name: connectionName },
  };
  const peer = {
    protocol: tls === undefined ? 'amqp' : 'amqps',
    hostname: address ?? host,
    port,
    username,
    password,
    vhost: encodeURIComponent(vhost),
    heartbeat: HEARTBEAT_SECONDS,
  };
  try {
    return await withTimeout(orAborted(amqpConnect(peer, socket), signal), timeoutMs, () => {
      throw new BrokerUnavailableError(
        `${brokerName(endpoint)} did not finish the AMQP handshake within ${timeoutMs} ms`,
      );
    });
  } catch (error) {
    handshake.abort();
    throw explainHandshake(error, endpoint);
  }
}

/** Plain words for what a wrong port, or TLS, ends in; anything else stays as it is. */
function explainHandshake(error: unknown, { tls }: Endpoint): unknown {
  if (!(error instanceof Error)) return error;
  const problem = tls === undefined ? undefined : tlsProblem(error, TLS);
  if (problem !== undefined) return new Error(problem, { cause: error });
  const code = 'code' in error ? error.code : undefined;
  if (/^(?:Frame size|Invalid frame|Unknown frame)/i.test(error.message))
    return new Error(`it does not speak AMQP: ${tls === undefined ? PLAIN_HINT : NO_AMQP_HINT}`, { cause: error });
  const isHungUp = code === 'ECONNRESET' || code === 'EPIPE' || /Socket closed abruptly/.test(error.message);
  if (tls !== undefined || !isHungUp) return error;
  return new Error(`it hung up during the handshake: ${PLAIN_HINT}`, { cause: error });
}

const TLS = { ca: 'RABBITMQ_CA_FILE (in code: tls.ca)', withoutTls: 'amqp://' };
const NO_AMQP_HINT = 'its port is another one';
const PLAIN_HINT =
  'if this port is one for TLS, the address begins with amqps://; 5672 is the usual port without, 5671 with TLS';

/**
 * Closes cleanly if the peer answers in time, and destroys the socket in any case. Never throws.
 *
 * Channels first: in amqplib the close of a connection overtakes what its channels have yet to send, above all the last acks.
 */
export async function disconnect(model: ChannelModel, channels: Iterable<Channel>): Promise<void> {
  await withTimeout(closeInOrder(model, channels), CLOSE_TIMEOUT_MS, () => undefined);
  destroySocket(model);
}

/** Whatever is closed already rejects, which is fine. */
async function closeInOrder(model: ChannelModel, channels: Iterable<Channel>): Promise<void> {
  for (const channel of channels) await channel.close().catch(() => undefined);
  await model.close().catch(() => undefined);
}

/**
 * amqplib only half-closes a socket whose peer has died; it would linger for minutes. It has to hear of it, unless it has closed the
 * connection itself: otherwise its heartbeats go on for half a minute.
 */
function destroySocket(model: ChannelModel): void {
  socketOf(model)?.destroy(new Error('the connection was not closed in time'));
}

/**
 * Ends the connection at once, so that the broker never reads what it has not read yet: an ordinary end would let it read on,
 * even minutes later, once a memory alarm is over. (Node cannot reset a TLS connection, but its end has the same effect: the
 * broker drops what it has not decrypted.)
 */
export function reset(model: ChannelModel, error: Error): void {
  const socket = socketOf(model);
  if (socket === undefined) return;
  if (socket instanceof TLSSocket) {
    // Not waiting for what has yet to be written.
    socket.destroy(error);
    return;
  }
  resetSocket(socket);
  // A reset is silent on this side. amqplib has to hear of it: it fails what is open, and stops its heartbeats.
  socket.emit('error', error);
}

function socketOf(model: ChannelModel): Socket | undefined {
  const { stream } = model.connection as { stream?: unknown };
  return stream instanceof Socket ? stream : undefined;
}
