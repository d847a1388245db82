import type { Socket } from 'node:net';

/**
 * Closes a TCP connection at once, so that the peer never reads what it has not read yet. Node can't while the connection is
 * being half-closed: it reports EINVAL and leaks the socket. That takes a moment, after which it can.
 */
export function resetSocket(socket: Socket): void {
  const isHalfClosing = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (isHalfClosing) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
