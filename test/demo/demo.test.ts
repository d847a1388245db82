import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectNothingLeft, startDemo } from './demo-process.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

describe('npm run demo', () => {
  it('takes 40 orders through everything, passes its own checks, and leaves nothing behind', async () => {
    const demo = startDemo();
    await demo.printed('ready: waiting for orders');
    const children = demo.children();
    expect(children).toHaveLength(1);
    expect(await demo.exited).toBe(0);
    expect(demo.errors()).toBe('');
    const output = demo.output();
    expect(output).toMatch(/^40 orders and 51 events in \d+\.\d s$/m);
    // Nothing need be requeued: what is in hand when a dependency fails may be just the one that notices.
    for (const outcome of ['synced', 'unchanged', 'stale', 'retrying', 'dead-lettered']) {
      expect(output).toMatch(new RegExp(`^ {2}${outcome} +[1-9]\\d* `, 'm'));
    }
    expect(output).toMatch(/^ {2}malformed_event {2}\{"orderNumber":"1009$/m);
    expect(output).toMatch(/^ {2}order_not_found {2}\{"orderNumber":"SO-1999-0001"\}\n.* \(4 attempts\)$/m);
    expect(output.match(/median +\d+ ms {2}p99 +\d+ ms$/gm)).toHaveLength(2);
    expect(output).toMatch(/^All checks passed\.$/m);
    expect(output).not.toContain('✘');
    expect(output, 'has no colours, as this is not a terminal').not.toContain('\u001b');
    await expectNothingLeft(demo, children);

    const commands = output.match(/^ {2}INTERNAL_SYSTEM_URL=.*$/gm) ?? [];
    const [status, orders, deadLettered] = commands.map((command) => {
      return execFileSync('sh', ['-c', command], {
        cwd: PROJECT,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    });
    expect(status).toMatch(/^10088\n(.*\n)*.*cancelled/);
    expect(orders).toMatch(/^SO-2026-0025 .*cancelled/m);
    expect(deadLettered).toMatch(/^SO-1999-0001 .*order_not_found/m);
  });

  it('cleans up on Ctrl-C', async () => {
    const demo = startDemo();
    await demo.printed('synced 10088');
    const children = demo.children();
    demo.signal('SIGINT');
    expect(await demo.exited).toBe(130);
    expect(demo.output()).not.toContain('All checks passed');
    await expectNothingLeft(demo, children);
  });

  it('says so and cleans up when the daemon dies', async () => {
    const demo = startDemo();
    await demo.printed('synced 10088');
    const children = demo.children();
    expect(children).toHaveLength(1);
    for (const pid of children) process.kill(pid, 'SIGKILL');
    expect(await demo.exited).toBe(1);
    expect(demo.errors()).toContain('The daemon ended unexpectedly (signal SIGKILL).');
    expect(demo.output()).not.toContain('All checks passed');
    await expectNothingLeft(demo, children);
  });

  it('says what to do when no broker answers', async () => {
    const demo = startDemo([], { RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:1' });
    expect(await demo.exited).toBe(1);
    expect(demo.errors()).toMatch(/Cannot use RabbitMQ at 127\.0\.0\.1:1 \(.*ECONNREFUSED.*\)\. "npm run demo" finds/);
  });

  it('ignores the settings of an order-sync installed on this machine', async () => {
    const settings = { SHOP_ADAPTER: './nowhere.ts', RABBITMQ_HOST: 'nowhere.invalid', RABITMQ_QUEUE: 'mistyped' };
    const demo = startDemo([], settings);
    await demo.printed('synced 10088');
    demo.signal('SIGTERM');
    expect(await demo.exited).toBe(143);
  });

  it('has a help text', async () => {
    const demo = startDemo(['--help']);
    expect(await demo.exited).toBe(0);
    expect(demo.output()).toContain('Usage: npm run demo -- [options]');
    expect(demo.output()).toContain('--keep');
  });
});
