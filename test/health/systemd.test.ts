import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { feedWatchdog, keepStatus, notifySystemd } from '../../src/health/systemd.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';

/** Node has no Unix datagram sockets, Python has. Receiving without room for descriptors answers the barrier. */
const LISTENER = `
import json, socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("ready", flush=True)
while True:
    print(json.dumps(receiver.recv(4096).decode()), flush=True)
`;

const isInstalled = ['systemd-notify', 'python3'].every((program) => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-notify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(!isInstalled && process.env['CI'] === undefined)(
  'systemd (skipped without systemd-notify and python3)',
  () => {
    let listener: ChildProcessWithoutNullStreams;
    let socket: string;
    const messages: string[] = [];

    beforeEach(async () => {
      socket = join(folder, 'notify');
      messages.length = 0;
      listener = spawn('python3', ['-c', LISTENER, socket]);
      const lines = createInterface(listener.stdout);
      await once(lines, 'line');
      lines.on('line', (line) => messages.push(JSON.parse(line)));
    });
    afterEach(async () => {
      listener.kill();
      await once(listener, 'close');
    });

    test('receives the process id and the state', async () => {
      expect(await notifySystemd(socket, 'READY=1', 'STATUS=Consuming orders')).toBe(true);
      await expect.poll(() => messages.join('\n').split('\n')).toContain('READY=1');
      expect(messages.join('\n').split('\n')).toContain(`MAINPID=${process.pid}`);
      expect(messages.join('\n').split('\n')).toContain('STATUS=Consuming orders');
      expect(await notifySystemd(socket, 'STOPPING=1')).toBe(true);
      await expect.poll(() => messages.join('\n').split('\n')).toContain('STOPPING=1');
    });

    const fed = () => messages.filter((message) => message.includes('WATCHDOG=1')).length;

    test('has its watchdog fed while the daemon is alive, and only then', async () => {
      let isLive = true;
      let asked = 0;
      const timer = feedWatchdog(socket, 40, () => {
        asked += 1;
        return isLive;
      });
      await expect.poll(fed).toBeGreaterThan(2);
      isLive = false;
      await expect.poll(() => asked).toBeGreaterThan(fed() + 3);
      // Messages already sent have arrived.
      expect(await notifySystemd(socket, 'STATUS=the last')).toBe(true);
      await expect.poll(() => messages.join()).toContain('STATUS=the last');
      const [fedBefore, askedBefore] = [fed(), asked];
      await expect.poll(() => asked).toBeGreaterThan(askedBefore + 3);
      expect(fed()).toBe(fedBefore);
      clearInterval(timer);
    });

    test('is told what the daemon does whenever that changes, and no more often', async () => {
      let status = 'consuming orders';
      let asked = 0;
      const timer = keepStatus(
        socket,
        () => {
          asked += 1;
          return status;
        },
        20,
      );
      await expect.poll(() => asked).toBeGreaterThan(3);
      status = 'paused: the shop refuses our credentials (shop_refused_credentials)';
      await expect.poll(() => messages.join('\n')).toContain(`STATUS=${status}`);
      clearInterval(timer);
      const told = messages.join('\n').match(/^STATUS=.*$/gm);
      expect(told).toEqual(['STATUS=consuming orders', `STATUS=${status}`]);
    });

    test('has its watchdog fed by a daemon whose broker is down: one that waits is alive', async () => {
      const allDown = { SHOP_BASE_URL: 'http://127.0.0.1:1', RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1' };
      const daemon = startDaemon(aWorkplace(allDown), { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000' });
      await expect.poll(fed, { timeout: 10_000 }).toBeGreaterThan(1);
      expect(messages.join('\n')).not.toContain('READY=1');
      daemon.signal('SIGTERM');
      expect(await daemon.exited).toBe(0);
    });

    test('is told of a pause and its end; a daemon that starts while paused has started', async () => {
      const workplace = aWorkplace({ SHOP_BASE_URL: 'http://127.0.0.1:1' });
      const said = (words: string) => expect.poll(() => messages.join('\n'), { timeout: 10_000 }).toContain(words);
      const first = startDaemon(workplace, { NOTIFY_SOCKET: socket });
      await first.ready();
      await orderSync(workplace, ['pause', '--by', 'li.wei', '--reason', 'ERP update']);
      await said('STATUS=paused by li.wei since ');
      first.signal('SIGTERM');
      await first.exited;
      messages.length = 0;
      const second = startDaemon(workplace, { NOTIFY_SOCKET: socket });
      await said('READY=1');
      await said('STATUS=paused by li.wei since ');
      await orderSync(workplace, ['resume']);
      await said(`STATUS=consuming ${workplace.queue}`);
      second.signal('SIGTERM');
      expect(await second.exited).toBe(0);
    });
  },
);

test('without a socket nothing is sent', async () => {
  expect(await notifySystemd(undefined, 'READY=1')).toBe(false);
});

test.each(['/nowhere/notify', 'a\0b', ''])('a socket that cannot be reached (%j) does no harm', async (socket) => {
  expect(await notifySystemd(socket, 'READY=1')).toBe(false);
});
