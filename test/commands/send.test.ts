import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { orderSync } from './helpers/cli.ts';

async function sentTo(queue: string): Promise<string[]> {
  return (await (await aBystander()).drain(queue)).map(({ content }) => content);
}

test('send asks for a look at each order, not for its payment, and says how many', async () => {
  const workplace = aWorkplace();
  const { status, stdout, stderr } = await orderSync(workplace, ['send', '10086', '20261122000123456789', '10086']);
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '2 events sent.\n', stderr: '' });
  expect(await sentTo(workplace.queue)).toEqual([
    '{"orderNumber":"10086","event":"updated"}',
    '{"orderNumber":"20261122000123456789","event":"updated"}',
  ]);
});

test('send takes the type of event, and prints the counts as JSON', async () => {
  const workplace = aWorkplace();
  const { stdout } = await orderSync(workplace, ['send', '--event', 'cancelled', '--json', '7']);
  expect(JSON.parse(stdout)).toEqual({ sent: 1, skipped: 0 });
  expect(await sentTo(workplace.queue)).toEqual(['{"orderNumber":"7","event":"cancelled"}']);
});

test('send reads numbers from stdin, reports the bad lines, sends the good ones and exits with 1', async () => {
  const workplace = aWorkplace();
  const stdin = '\uFEFF10086\r\n\n  10087 \nnot a number \u001B[2J\n10088';
  const { status, stdout, stderr } = await orderSync(workplace, ['send'], { stdin });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '3 events sent, 1 line skipped.\n' });
  expect(stderr).toContain('line 4: "not a number \\u{1b}[2J" is not an order number');
  const sent = await sentTo(workplace.queue);
  expect(sent.map((content) => (JSON.parse(content) as { orderNumber: string }).orderNumber)).toEqual([
    '10086',
    '10087',
    '10088',
  ]);
});

test('"-" reads stdin in addition to the arguments', async () => {
  const workplace = aWorkplace();
  const { stdout } = await orderSync(workplace, ['send', '1', '-'], { stdin: '2\n3\n' });
  expect(stdout).toBe('3 events sent.\n');
});

test('thousands of numbers are all sent', async () => {
  const workplace = aWorkplace();
  const stdin = Array.from({ length: 3000 }, (_, index) => `N-${index}`).join('\n');
  const { status, stdout } = await orderSync(workplace, ['send'], { stdin });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '3000 events sent.\n' });
  expect(await (await aBystander()).messages(workplace.queue)).toBe(3000);
});

test('sends nothing if any argument is not an order number', async () => {
  const workplace = aWorkplace();
  const { status, stderr } = await orderSync(workplace, ['send', '10086', '../admin']);
  expect(status).toBe(64);
  expect(stderr).toMatch(/'\.\.\/admin' is invalid.*An order number has 1 to 64 visible characters/);
  expect(stderr).toContain('Usage: order-sync send');
  expect(await (await aBystander()).messages(workplace.queue)).toBeUndefined();
});

test('ends with 69 if the broker is down, instead of waiting forever', async () => {
  const workplace = aWorkplace();
  const port = await aFreePort();
  const env = { RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${port}` };
  const { status, stderr } = await orderSync(workplace, ['send', '1'], { env });
  expect(status).toBe(69);
  expect(stderr).toBe(
    `order-sync: No connection to RabbitMQ at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}\n`,
  );
});
