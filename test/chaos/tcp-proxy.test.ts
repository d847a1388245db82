import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startTcpProxy } from '../helpers/network/tcp-proxy.ts';

test('after a black hole one way, everything arrives once, both ways', async () => {
  // The proxy resets its connections in the end.
  const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await startTcpProxy({ port: (echo.address() as AddressInfo).port });
  const client = connect(proxy.port, '127.0.0.1');
  onTestFinished(async () => {
    client.destroy();
    await proxy[Symbol.asyncDispose]();
    echo.close();
  });
  let heard = '';
  client.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  client.write('before ');
  await expect.poll(() => heard).toBe('before ');
  for (const direction of ['to-server', 'to-client'] as const) {
    proxy.freeze(direction);
    client.write(`${direction} `);
    proxy.thaw();
  }
  client.write('after');
  await expect.poll(() => heard).toMatch(/after/);
  expect(heard).toBe('before to-server to-client after');
});
