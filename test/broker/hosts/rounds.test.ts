import { lookup } from 'node:dns/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { brokerName, type Endpoints, endpointsOf } from '../../../src/broker/endpoint.ts';
import { Rounds } from '../../../src/broker/hosts/rounds.ts';

vi.mock('node:dns/promises', () => ({ lookup: vi.fn() }));

/** What names stand for; the others stand for nothing. */
let addresses: Record<string, string[]>;

beforeEach(() => {
  addresses = {};
  vi.mocked(lookup).mockImplementation(async (name) => {
    const found = addresses[name];
    if (found === undefined) throw new Error(`ENOTFOUND ${name}`);
    return found.map((address) => ({ address, family: 4 })) as never;
  });
});

const TEN = endpointsOf({ url: `amqp://${Array.from({ length: 10 }, (_, index) => `10.0.0.${index}`).join(',')}` });

async function aRound(rounds: Rounds): Promise<string[]> {
  const round = [];
  do round.push(brokerName(await rounds.next()));
  while (!rounds.isOver);
  return round;
}

test('a round has every host once, in an order of its own for each process, and the next round has the same', async () => {
  const rounds = new Rounds(() => TEN, 'one');
  const round = await aRound(rounds);
  expect(round.toSorted()).toEqual(TEN.map(brokerName).toSorted());
  expect(await aRound(rounds)).toEqual(round);
  expect(await aRound(new Rounds(() => TEN, 'one'))).toEqual(round);
  expect(await aRound(new Rounds(() => TEN, 'another'))).not.toEqual(round);
});

test('the connections of this process share one order', async () => {
  expect(await aRound(new Rounds(() => TEN))).toEqual(await aRound(new Rounds(() => TEN)));
});

test('over many processes, each host comes first about as often as the others', async () => {
  const first = new Map<string, number>();
  for (let salt = 0; salt < 500; salt += 1) {
    const name = brokerName(await new Rounds(() => TEN, String(salt)).next());
    first.set(name, (first.get(name) ?? 0) + 1);
  }
  expect(first.size).toBe(TEN.length);
  expect(Math.max(...first.values())).toBeLessThan(100);
});

test('after a connection that lasted, the others come next, beginning with the one behind it', async () => {
  const rounds = new Rounds(() => TEN, 'x');
  const order = await aRound(new Rounds(() => TEN, 'x'));
  for (let tries = 0; tries < 4; tries += 1) await rounds.next();
  await rounds.restart();
  const left = await aRound(rounds);
  expect(left).toEqual([...order.slice(4), ...order.slice(0, 3)]);
});

test('with a single host, no other is left after a connection that lasted: time for a pause', async () => {
  const rounds = new Rounds(() => endpointsOf({ url: 'amqp://10.0.0.1' }));
  await rounds.next();
  await rounds.restart();
  expect(rounds.isOver).toBe(true);
  expect((await rounds.next()).host).toBe('10.0.0.1');
});

test('each round reads the list anew: order and turn stay', async () => {
  let listed: Endpoints = TEN;
  const rounds = new Rounds(() => listed, 'x');
  const order = await aRound(rounds);
  const [first, second, , ...others] = TEN;
  if (first === undefined || second === undefined) throw new TypeError('ten are two at least');
  listed = [second, first, ...others];
  expect(await aRound(rounds)).toEqual(order.filter((name) => name !== '10.0.0.2:5672'));
});

test('a name with several addresses is as many hosts; one with a single address, or none, is itself', async () => {
  addresses = { mq: ['10.0.0.1', '10.0.0.2', '10.0.0.1'], one: ['10.0.0.3'] };
  const rounds = new Rounds(() => endpointsOf({ url: 'amqp://mq,one,gone,10.0.0.4' }));
  expect((await aRound(rounds)).toSorted()).toEqual([
    '10.0.0.4:5672',
    'gone:5672',
    'mq:5672 (10.0.0.1)',
    'mq:5672 (10.0.0.2)',
    'one:5672',
  ]);
  addresses = { mq: ['10.0.0.2', '10.0.0.9'] };
  expect((await aRound(rounds)).filter((name) => name.startsWith('mq')).toSorted()).toEqual([
    'mq:5672 (10.0.0.2)',
    'mq:5672 (10.0.0.9)',
  ]);
});

test('a list that cannot be read is an error of that round alone', async () => {
  let url = 'nonsense';
  const rounds = new Rounds(() => endpointsOf({ url }));
  await expect(rounds.next()).rejects.toThrow(/url: expected/);
  expect(rounds.isOver).toBe(true);
  url = 'amqp://10.0.0.1';
  expect((await rounds.next()).host).toBe('10.0.0.1');
});
