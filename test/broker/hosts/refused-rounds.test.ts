import { expect, test } from 'vitest';
import { endpointsOf } from '../../../src/broker/endpoint.ts';
import { BrokerRefusedError } from '../../../src/broker/errors.ts';
import { RefusedRounds } from '../../../src/broker/hosts/refused-rounds.ts';

const [A, B] = endpointsOf({ url: 'amqp://a,b' });
const REFUSED = new BrokerRefusedError('refused');
const AWAY = new Error('ECONNREFUSED');

/** Rounds with one error for each host. @returns what ended it, after each */
function outcomes(rounds: readonly (readonly [Error, Error])[], patienceMs = 0) {
  const counter = new RefusedRounds(patienceMs);
  return rounds.map(([ofA, ofB]) => {
    counter.add(A, ofA);
    if (B !== undefined) counter.add(B, ofB);
    return counter.endRound();
  });
}

test('three rounds in which every host refuses are the end, not three refusals of one round', () => {
  const refused = [REFUSED, REFUSED] as const;
  expect(outcomes([refused, refused, refused])).toEqual([undefined, undefined, REFUSED]);
});

test('while a host is away, which may take us, refusals of the others are not the end', () => {
  const half = [REFUSED, AWAY] as const;
  expect(outcomes([half, half, half, half])).toEqual([undefined, undefined, undefined, undefined]);
  const refused = [REFUSED, REFUSED] as const;
  expect(outcomes([refused, refused, half, refused, refused]).every((end) => end === undefined)).toBe(true);
});

test('what may pass is put up with for longer', () => {
  const mayPass = new BrokerRefusedError('a limit', { mayPass: true });
  const refused = [mayPass, mayPass] as const;
  expect(outcomes([refused, refused, refused], 60_000)).toEqual([undefined, undefined, undefined]);
  expect(outcomes([refused, refused, refused])).toEqual([undefined, undefined, mayPass]);
});

test('a host refuses when one of its addresses does, whatever the others say', () => {
  const counter = new RefusedRounds(0);
  const ends = [1, 2, 3].map(() => {
    counter.add({ ...A, address: '127.0.0.1' }, REFUSED);
    counter.add({ ...A, address: '::1' }, AWAY);
    return counter.endRound();
  });
  expect(ends).toEqual([undefined, undefined, REFUSED]);
});

test('a round in which no host could be named is none that was refused', () => {
  expect(new RefusedRounds(0).endRound()).toBeUndefined();
});
