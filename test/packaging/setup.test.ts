import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { probeBroker } from '../../scripts/setup/amqp-probe.mjs';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { partsLeftOut } from '../../scripts/setup/platform-parts.mjs';
import { notInstalled } from '../helpers/servers/installed.ts';

const SETUP = fileURLToPath(new URL('../../scripts/setup.mjs', import.meta.url));
const ANSWER = fileURLToPath(new URL('../../node_modules/.cache/order-sync/broker.json', import.meta.url));

describe.skipIf(notInstalled('rabbitmq'))('set-up', () => {
  test('starts a private broker when the wanted one does not answer, keeps it for later runs, and stops it on request', async () => {
    const [deadPort = 0] = await freePorts(1);
    const folder = await mkdtemp(join(tmpdir(), 'order-sync-setup-'));
    const env = { ...process.env, TMPDIR: folder, RABBITMQ_URL: `amqp://127.0.0.1:${deadPort}` };
    const setUp = async (...options: string[]) =>
      (await promisify(execFile)(process.execPath, [SETUP, ...options], { env })).stderr;
    const answerOfThisRun = await readFile(ANSWER, 'utf8').catch(() => undefined);
    try {
      expect(await setUp()).toContain('starting a private RabbitMQ');
      const { url, wanted } = JSON.parse(await readFile(ANSWER, 'utf8'));
      expect(wanted).toBe(env.RABBITMQ_URL);
      expect(await probeBroker(url)).toBe('ready');

      expect(await setUp()).toBe('');

      expect(await setUp('--stop-broker')).toContain('is stopped');
      expect(await probeBroker(url)).toBe('absent');
      expect(await setUp('--stop-broker')).toContain('no private RabbitMQ is running');
    } finally {
      await setUp('--stop-broker');
      if (answerOfThisRun === undefined) await rm(ANSWER);
      else await writeFile(ANSWER, answerOfThisRun);
      await rm(folder, { recursive: true });
    }
  });

  test('says what is wrong with RABBITMQ_URL', async () => {
    const env = { ...process.env, RABBITMQ_URL: '127.0.0.1:5672' };
    const run = promisify(execFile)(process.execPath, [SETUP], { env });
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('RABBITMQ_URL is not a URL') });
  });
});

describe('the probe', () => {
  let server: Server | undefined;
  let sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
    server?.close();
  });

  async function listen(onConnection: (socket: Socket) => void): Promise<string> {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      onConnection(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('does not take another server for a broker', async () => {
    const url = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await probeBroker(url)).toBe('absent');
  });

  test('does not wait for a server that accepts and stays silent', async () => {
    const url = await listen(() => {});
    expect(await probeBroker(url, 100)).toBe('absent');
  });

  test('recognises a broker that refuses the credentials', async () => {
    const start = Buffer.from([1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 10, 0xce]);
    const url = await listen((socket) => {
      socket.once('data', () => {
        socket.write(start);
        socket.once('data', () => socket.end());
      });
    });
    expect(await probeBroker(url)).toBe('refused');
  });
});

test('asks for the parts of this system that npm left out, and for no others', () => {
  const here = { os: [process.platform], cpu: [process.arch], optional: true, version: '1.2.3' };
  const engines = { node: '>=22' };
  const wanted = {
    'node_modules/@tool/binding-here': { ...here, engines },
    'node_modules/@tool/binding-elsewhere': { ...here, os: ['plan9'], engines },
    'node_modules/@tool/binding-other-libc': { ...here, libc: ['other'], engines },
    'node_modules/@tool/runs-on-any-node': here,
    'node_modules/@tool/installed': { ...here, engines },
    'node_modules/ordinary': { version: '1.0.0', engines },
  };
  const installed = { 'node_modules/@tool/installed': { version: '1.2.3' } };
  expect(partsLeftOut(wanted, installed)).toEqual(['@tool/binding-here@1.2.3']);
});
