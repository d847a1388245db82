import type { Duplex } from 'node:stream';
import { connect as amqpConnect, type Channel, type ChannelModel, type SocketOptions } from 'amqplib';
import { surviveUnreadableHeaders } from './amqplib-patch.ts';
import { BrokerUnavailableError } from './errors.ts';
import type { Endpoint } from './options.ts';

/** A peer that is gone is noticed after two to three of these. The server's own 60 s would take minutes. */
const HEARTBEAT_SECONDS = 10;
/** TCP, TLS and AMQP handshake together. amqplib itself would wait for ever on a peer that accepts and stays silent. */
const CONNECT_TIMEOUT_MS = 15_000;
/** `close()` waits for the broker's CloseOk, which a dead peer never sends. */
const CLOSE_TIMEOUT_MS = 2_000;

/** @throws BrokerUnavailableError after 15 s, or whatever amqplib throws; `signal` gives up */
export async function connect(endpoint: Endpoint, connectionName: string, signal: AbortSignal): Promise<ChannelModel> {
  const { host, port, username, password, vhost, tls } = endpoint;
  const handshake = new AbortController();
  const giveUp = () => handshake.abort();
  const timer = setTimeout(giveUp, CONNECT_TIMEOUT_MS);
  signal.addEventListener('abort', giveUp);
  const socket: SocketOptions & { signal: AbortSignal } = {
    ...tls,
    signal: handshake.signal,
    noDelay: true,
    clientProperties: { connection_name: connectionName },
  };
  const peer = {
    protocol: tls === undefined ? 'amqp' : 'amqps',
    hostname: host,
    port,
    username,
    password,
    vhost: encodeURIComponent(vhost),
    heartbeat: HEARTBEAT_SECONDS,
  };
  try {
    const model = await amqpConnect(peer, socket);
    surviveUnreadableHeaders(model.connection);
    return model;
  } catch (cause) {
    if (!handshake.signal.aborted) throw cause;
    throw new BrokerUnavailableError(
      `${host}:${port} did not finish the AMQP handshake within ${CONNECT_TIMEOUT_MS} ms`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
    // From here on the connection is closed by its protocol: the signal would cut it off, acks and all.
    signal.removeEventListener('abort', giveUp);
  }
}

/**
 * Closes politely if the peer answers in time, and destroys the socket in any case. Never throws.
 *
 * Channels first: amqplib lets the close of the connection overtake what the channels have still to send, the last acks
 * above all.
 */
export async function disconnect(model: ChannelModel, channels: Iterable<Channel>): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const timeout = setTimeout(closed.resolve, CLOSE_TIMEOUT_MS);
  void closeInOrder(model, channels).then(closed.resolve);
  await closed.promise;
  clearTimeout(timeout);
  destroySocket(model);
}

/** What is closed already rejects: that is what we wanted. */
async function closeInOrder(model: ChannelModel, channels: Iterable<Channel>): Promise<void> {
  for (const channel of channels) await channel.close().catch(() => undefined);
  await model.close().catch(() => undefined);
}

/** amqplib only half-closes a socket whose peer has died; such a socket would linger for many minutes. */
function destroySocket(model: ChannelModel): void {
  const { stream } = model.connection as { stream?: Duplex };
  stream?.destroy();
}
