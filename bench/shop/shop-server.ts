/**
 * The benchmark's shop, which has an order for every number of 20 digits. It shares the cores with everything measured, so
 * it does as little as possible: it fills two places of a prepared template, and neither reads nor writes JSON.
 *
 * usage: node shop-server.ts '<ShopBehaviour as JSON>', with an IPC channel
 */
import { createServer, type ServerResponse } from 'node:http';
import { NUMBER_LENGTH, ORDER_BYTES, writeOrder } from './order-template.ts';
import { type ShopNews, shopBehaviour, shopCommand } from './shop-messages.ts';

const ONE = '/orders/';
const MANY = '/orders?numbers=';
const MANY_HEAD = Buffer.from('{"orders":[');
const MAX_MANY = 50;

const { latencyMs, requestsPerSecond, changesOrders } = shopBehaviour.parse(JSON.parse(process.argv[2] ?? ''));
const versions = new Map<string, number>();
let held: (() => void)[] | undefined;
let tokens = requestsPerSecond ?? 0;
let refilledAt = performance.now();

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  const path = request.url ?? '';
  const reply = () => answer(path, response);
  if (held !== undefined) {
    if (held.length === 0) send({ kind: 'waiting' });
    held.push(reply);
  } else if (latencyMs > 0) setTimeout(reply, latencyMs);
  else reply();
});

function answer(path: string, response: ServerResponse): void {
  if (!hasToken()) {
    response.writeHead(429, { 'Content-Length': 0, 'Retry-After': '1' }).end();
    return;
  }
  const body = path.startsWith(ONE) ? one(path.slice(ONE.length)) : path.startsWith(MANY) ? many(path) : undefined;
  if (body === undefined) response.writeHead(404, { 'Content-Length': 0 }).end();
  else response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }).end(body);
}

function one(orderNumber: string): Buffer | undefined {
  if (orderNumber.length !== NUMBER_LENGTH) return undefined;
  const body = Buffer.allocUnsafe(ORDER_BYTES);
  writeOrder(body, 0, orderNumber, nextVersion(orderNumber));
  return body;
}

function many(path: string): Buffer {
  const numbers = decodeURIComponent(path.slice(MANY.length))
    .split(',')
    .filter((number) => number.length === NUMBER_LENGTH)
    .slice(0, MAX_MANY);
  const body = Buffer.allocUnsafe(MANY_HEAD.length + numbers.length * (ORDER_BYTES + 1) + 1);
  let place = MANY_HEAD.copy(body);
  for (const number of numbers) {
    writeOrder(body, place, number, nextVersion(number));
    place = body.writeUInt8(COMMA, place + ORDER_BYTES);
  }
  if (numbers.length > 0) place -= 1;
  return body.subarray(0, place + body.write(']}', place, 'latin1'));
}

const COMMA = ','.charCodeAt(0);

function nextVersion(orderNumber: string): number {
  if (!changesOrders) return 0;
  const version = (versions.get(orderNumber) ?? -1) + 1;
  versions.set(orderNumber, version);
  return version;
}

/** A token bucket that holds one second's worth, like Shopify's. */
function hasToken(): boolean {
  if (requestsPerSecond === null) return true;
  const now = performance.now();
  tokens = Math.min(requestsPerSecond, tokens + ((now - refilledAt) / 1000) * requestsPerSecond);
  refilledAt = now;
  if (tokens < 1) return false;
  tokens -= 1;
  return true;
}

function send(news: ShopNews): void {
  process.send?.(news);
}

process.on('message', (message) => {
  const command = shopCommand.parse(message);
  if (command === 'hold') held = [];
  else if (command === 'release') {
    const waiting = held ?? [];
    held = undefined;
    send({ kind: 'released' });
    for (const reply of waiting) reply();
  } else send({ kind: 'versions', versions: [...versions] });
});
process.once('disconnect', () => process.exit());

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) send({ kind: 'listening', port: address.port });
});
