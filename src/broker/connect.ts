import type { Duplex } from 'node:stream';
import { connect as amqpConnect, type Channel, type ChannelModel, type SocketOptions } from 'amqplib';
import { orAborted, withTimeout } from '../async/deadline.ts';
import { surviveUnreadableHeaders } from './amqplib-patch.ts';
import { BrokerUnavailableError } from './errors.ts';
import type { Endpoint } from './options.ts';

/** A dead peer is noticed after two to three of these. The server's own 60 s would take minutes. */
const HEARTBEAT_SECONDS = 10;
/** TCP, TLS and AMQP handshake together. amqplib itself waits forever for a peer that accepts and stays silent. */
const CONNECT_TIMEOUT_MS = 15_000;
/** `close()` waits for the broker's CloseOk, which a dead peer never sends. */
const CLOSE_TIMEOUT_MS = 2_000;

/** @throws BrokerUnavailableError after 15 s, the signal's reason when aborted, else whatever amqplib throws */
export async function connect(endpoint: Endpoint, connectionName: string, signal: AbortSignal): Promise<ChannelModel> {
  const { host, port, username, password, vhost, tls } = endpoint;
  // Not `signal` itself: it would cut the connection off at a clean stop, acks and all.
  const handshake = new AbortController();
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
    const model = await withTimeout(orAborted(amqpConnect(peer, socket), signal), CONNECT_TIMEOUT_MS, () => {
      throw new BrokerUnavailableError(
        `${host}:${port} did not finish the AMQP handshake within ${CONNECT_TIMEOUT_MS} ms`,
      );
    });
    surviveUnreadableHeaders(model.connection);
    return model;
  } catch (error) {
    handshake.abort();
    throw error;
  }
}

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

/** amqplib only half-closes a socket whose peer has died; it would linger for minutes. */
function destroySocket(model: ChannelModel): void {
  const { stream } = model.connection as { stream?: Duplex };
  stream?.destroy();
}
