import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { BROKER_URL } from '../../helpers/broker.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';

const { hostname, port, username, password } = new URL(BROKER_URL);
const WORKING = `${hostname}:${port || '5672'}`;

/** A workplace whose broker is at all of these places. */
async function aPlace(hosts: readonly string[], secret = password): Promise<Workplace> {
  const place = aWorkplace(shopEnv(await aShop()));
  return { ...place, env: { ...place.env, RABBITMQ_URL: `amqp://${username}:${secret}@${hosts.join(',')}` } };
}

async function aDeadHost(): Promise<string> {
  return `127.0.0.1:${await aFreePort()}`;
}

test('one of several hosts that does not answer is a line, and no failure', async () => {
  const dead = await aDeadHost();
  const { status, stdout, stderr } = await orderSync(await aPlace([dead, WORKING]), ['check']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`^✓ RabbitMQ +RabbitMQ [\\d.]+ at ${WORKING}, virtual host /$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^ +✗ No connection to RabbitMQ at ${dead}: connect ECONNREFUSED`, 'm'));
  expect(stdout).toMatch(new RegExp(`^ +✓ RabbitMQ [\\d.]+ at ${WORKING}$`, 'm'));
});

test('--json has the state of each host', async () => {
  const dead = await aDeadHost();
  const { stdout } = await orderSync(await aPlace([dead, WORKING]), ['check', '--json']);
  const json = JSON.parse(stdout);
  expect(json).toMatchObject({ ok: true });
  expect(json.checks[1].hosts).toEqual([
    { broker: dead, state: 'failed', message: expect.stringContaining('ECONNREFUSED') },
    { broker: WORKING, state: 'ok', version: expect.stringMatching(/^\d/) },
  ]);
});

test('when none of several hosts answers, each says why', async () => {
  const dead = [await aDeadHost(), await aDeadHost()];
  const { status, stdout } = await orderSync(await aPlace(dead), ['check']);
  expect(status).toBe(69);
  expect(stdout).toMatch(/^✗ RabbitMQ +none of the 2 hosts can be used$/m);
  for (const host of dead) expect(stdout).toContain(`✗ No connection to RabbitMQ at ${host}: connect ECONNREFUSED`);
  expect(stdout).toContain('Is RabbitMQ running there');
});

test('when the one host that answers refuses us, a person has to change something', async () => {
  const secret = randomUUID();
  const { status, stdout, stderr } = await orderSync(await aPlace([await aDeadHost(), WORKING], secret), ['check']);
  expect(status).toBe(78);
  expect(stdout).toContain('none of the 2 hosts can be used');
  expect(stdout).toContain(`✗ RabbitMQ at ${WORKING} refused user`);
  expect(stdout + stderr).not.toContain(secret);
});

test('of a single host, everything is said as it is: no list', async () => {
  const { stdout } = await orderSync(await aPlace([WORKING]), ['check']);
  expect(stdout.match(/RabbitMQ [\d.]+ at/g)).toHaveLength(1);
});
