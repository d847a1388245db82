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

test('forwards both ways, and the end of a conversation too', async () => {
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

test('holds everything back while it is frozen, also for those who come then, and hands it on afterwards', async () => {
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

test('hides that the server has gone while it is frozen', async () => {
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

test('resets open connections when it is cut, and takes new ones', async () => {
  const client = await openClient();
  await exchange(client, 'a');
  proxy.cut();
  await closed(client);
  expect(client.error()).toBe('ECONNRESET');
  const next = await openClient();
  await exchange(next, 'b');
  next.socket.destroy();
});

test('refuses new connections while told to, and open ones go on', async () => {
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

test('passes on that the server refuses', async () => {
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
