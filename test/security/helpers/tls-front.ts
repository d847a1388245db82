import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Certificate } from '../../helpers/network/certificates.ts';

export interface TlsFront {
  readonly port: number;
  /** Bytes that clients have said to it: none, as long as they do not trust it. */
  readonly heard: number;
  /** From now on this is its certificate. Open connections end. */
  show(certificate: Certificate): void;
}

/** Speaks TLS for a server of this machine that does not. Gone after the test. */
export async function aTlsFront(targetPort: number, certificate: Certificate): Promise<TlsFront> {
  const sockets = new Set<TLSSocket>();
  let heard = 0;
  const server = createServer(certificate, (socket) => {
    const onward = connect(targetPort, '127.0.0.1');
    sockets.add(socket);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.length;
    });
    socket.pipe(onward).pipe(socket);
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      onward.destroy();
    });
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    server.close();
    hangUp();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get heard() {
      return heard;
    },
    show: (next) => {
      server.setSecureContext(next);
      hangUp();
    },
  };
}
