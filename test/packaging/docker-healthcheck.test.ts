import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { freePorts } from '../../scripts/setup/free-ports.mjs';

const SCRIPT = fileURLToPath(new URL('../../deploy/docker-healthcheck.mjs', import.meta.url));

let daemon: Server | undefined;

afterEach(() => {
  daemon?.close();
  daemon = undefined;
});

test('is healthy when /livez says so', async () => {
  const asked: (string | undefined)[] = [];
  const port = await serve((request, response) => {
    asked.push(request.url);
    response.end();
  });
  expect(await healthcheck({ OPS_PORT: String(port), OPS_HOST: '0.0.0.0' })).toBe(0);
  expect(asked).toEqual(['/livez']);
});

test('is unhealthy when /livez says that only a restart helps', async () => {
  const port = await serve((_, response) => response.writeHead(503).end());
  expect(await healthcheck({ OPS_PORT: String(port) })).toBe(1);
});

test('is unhealthy when nothing answers', async () => {
  const [port = 0] = await freePorts(1);
  expect(await healthcheck({ OPS_PORT: String(port) })).toBe(1);
});

test('is healthy without asking when the operations port is off', async () => {
  expect(await healthcheck({})).toBe(0);
});

async function serve(listener: RequestListener): Promise<number> {
  daemon = createServer(listener);
  daemon.listen(0, '127.0.0.1');
  await once(daemon, 'listening');
  return (daemon.address() as AddressInfo).port;
}

/** @returns its exit status */
async function healthcheck(env: Record<string, string>): Promise<unknown> {
  const [status] = await once(spawn(process.execPath, [SCRIPT], { env, stdio: 'inherit' }), 'close');
  return status;
}
