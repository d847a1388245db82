import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let echo: Server;
let echoConnections: Socket[];
let proxy: TcpProxy;

beforeEach(async () => {
  echoConnections = [];
  echo = createServer((socket) => {
    echoConnections.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const { port } = echo.address() as AddressInfo;
  proxy = await startTcpProxy({ port });
});

afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const socket of echoConnections) socket.destroy();
  echo.close();
});

test('forwards both ways, the end of the stream included', async () => {
  const client = await openClient();
  client.socket.end('hello');
  await closed(client);
  expect(client.received()).toBe('hello');
  await expect.poll(() => proxy.connections).toBe(0);
});

test('forwards more than any buffer holds', async () => {
  const client = await openClient();
  client.socket.end('x'.repeat(20_000_000));
  await closed(client);
  expect(client.received().length).toBe(20_000_000);
});

test('holds everything back while frozen, on new connections too, and delivers it once it thaws', async () => {
  const early = await openClient();
  await exchange(early, 'a');
  proxy.freeze();
  const late = await openClient();
  early.socket.write('b');
  late.socket.write('c');
  const other = await direct();
  await exchange(other, 'time passes');
  expect(early.received()).toBe('a');
  expect(late.received()).toBe('');
  proxy.thaw();
  await expect.poll(() => [early.received(), late.received()]).toEqual(['ab', 'c']);
  for (const { socket } of [early, late, other]) socket.destroy();
});

test('hides a lost server connection while frozen', async () => {
  const client = await openClient();
  await exchange(client, 'a');
  proxy.freeze();
  echoConnections[0]?.resetAndDestroy();
  const other = await direct();
  await exchange(other, 'time passes');
  expect(client.socket.destroyed).toBe(false);
  proxy.thaw();
  await closed(client);
  other.socket.destroy();
});

test('can be frozen one way only', async () => {
  const client = await openClient();
  await exchange(client, 'a');
  proxy.freeze('to-client');
  const heard = once(echoConnections[0] ?? client.socket, 'data');
  client.socket.write('b');
  expect(String((await heard)[0])).toBe('b');
  expect(client.received()).toBe('a');
  client.socket.destroy();
});

test('delivers everything once after it was frozen one way, then the other', async () => {
  const client = await openClient();
  await exchange(client, 'before ');
  for (const direction of ['to-server', 'to-client'] as const) {
    proxy.freeze(direction);
    client.socket.write(`${direction} `);
    proxy.thaw();
  }
  client.socket.write('after');
  await expect.poll(() => client.received()).toMatch(/after/);
  expect(client.received()).toBe('before to-server to-client after');
  client.socket.destroy();
});

test.each([
  { how: 'resets', end: () => proxy.cut(), error: 'ECONNRESET' },
  { how: 'closes', end: () => proxy.hangUp(), error: undefined },
])('$how open connections on request, and accepts new ones', async ({ end, error }) => {
  const client = await openClient();
  await exchange(client, 'a');
  end();
  await closed(client);
  expect(client.error()).toBe(error);
  const next = await openClient();
  await exchange(next, 'b');
  next.socket.destroy();
});

test('refuses new connections while told to, and keeps open ones up', async () => {
  const client = await openClient();
  await exchange(client, 'a');
  await proxy.refuse(true);
  await expect(openClient()).rejects.toThrow('ECONNREFUSED');
  await exchange(client, 'b');
  await proxy.refuse(false);
  const next = await openClient();
  await exchange(next, 'c');
  for (const { socket } of [client, next]) socket.destroy();
});

test('closes the client connection when the server refuses', async () => {
  echo.close();
  const client = await openClient();
  await closed(client);
  expect(client.received()).toBe('');
});

interface Client {
  readonly socket: Socket;
  received(): string;
  error(): string | undefined;
}

async function openClient(port = proxy.port): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  let code: string | undefined;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'connect');
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code;
  });
  return { socket, received: () => Buffer.concat(chunks).toString(), error: () => code };
}

/** Also when it ends in an error. */
function closed({ socket }: Client): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

function direct(): Promise<Client> {
  return openClient((echo.address() as AddressInfo).port);
}

async function exchange(client: Client, text: string): Promise<void> {
  const before = client.received();
  client.socket.write(text);
  await expect.poll(() => client.received()).toBe(before + text);
}
