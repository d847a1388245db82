import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { resetSocket } from '../../src/broker/reset-socket.ts';

// Reset in the moment in which it is half-closed, Node would report EINVAL and leak the socket.
test.each(['open', 'being half-closed', 'half-closed'])(
  'a connection that is %s is reset, and its socket closed',
  async (state) => {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new TypeError('The server listens on no port.');
    const accepted = once(server, 'connection');
    const socket = connect(address.port, address.address);
    await once(socket, 'connect');
    const [peer] = await accepted;
    peer.on('error', () => undefined);
    onTestFinished(() => void peer.destroy());
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    if (state !== 'open') socket.end();
    if (state === 'half-closed') await once(socket, 'finish');
    resetSocket(socket);
    await once(socket, 'close');
    expect(errors).toEqual([]);
  },
);
