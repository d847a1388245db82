import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';

export interface TlsFront extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Bytes received from clients: none, as long as they do not trust it. */
  readonly received: number;
  /** Changes the certificate, and closes open connections. */
  show(certificate: Certificate): void;
}

/** Terminates TLS in front of a server on this machine that does not speak it. */
export async function startTlsFront(targetPort: number, certificate: Certificate): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  let received = 0;
  const server = createServer(certificate, (socket) => {
    const upstream = connect(targetPort, '127.0.0.1');
    sockets.add(socket);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.pipe(upstream).pipe(socket);
    socket.on('error', () => upstream.destroy());
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      upstream.destroy();
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get received() {
      return received;
    },
    show: (next) => {
      server.setSecureContext(next);
      hangUp();
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      hangUp();
    },
  };
}
