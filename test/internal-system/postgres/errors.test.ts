import { DatabaseError } from 'pg';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { asSetupError, asWriteError, lostRace, serverAnswered } from '../../../src/internal-system/postgres/errors.ts';

function answer(code: string, message = 'Ann Buyer'): DatabaseError {
  const error = new DatabaseError(message, 0, 'error');
  error.code = code;
  error.detail = 'Failing row contains (Ann Buyer).';
  return error;
}

function orderAppeared(constraint = 'orders_pkey'): DatabaseError {
  return Object.assign(answer('23505'), { table: 'orders', constraint });
}

describe('what PostgreSQL answers', () => {
  it.each([
    ['22003', 'write_rejected'],
    ['22P05', 'write_rejected'],
    ['23505', 'write_rejected'],
    ['23514', 'write_rejected'],
    ['54000', 'write_rejected'],
    ['P0001', 'write_rejected'],
    ['40001', 'write_failed'],
    ['40P01', 'write_failed'],
    ['55P03', 'write_failed'],
    ['57014', 'write_failed'],
    ['XX000', 'write_failed'],
    ['08006', 'internal_system_unavailable'],
    ['25006', 'internal_system_unavailable'],
    ['25P03', 'internal_system_unavailable'],
    ['28P01', 'internal_system_refused_credentials'],
    ['3D000', 'internal_system_unavailable'],
    ['42501', 'internal_system_unavailable'],
    ['42P01', 'internal_system_unavailable'],
    ['53100', 'internal_system_unavailable'],
    ['53300', 'internal_system_unavailable'],
    ['57P01', 'internal_system_unavailable'],
    ['57P03', 'internal_system_unavailable'],
    ['58030', 'internal_system_unavailable'],
  ])('%s means %s for a write', (code, reason) => {
    expect(asWriteError(answer(code))).toMatchObject({ reason, message: expect.stringContaining(code) });
  });

  it.each(['28P01', '28000', '3D000', '3F000', '42501', '42P07', '42P01', '42703'])(
    '%s is a configuration error at start-up',
    (code) => {
      expect(asSetupError(answer(code))).toBeInstanceOf(ConfigError);
    },
  );

  it.each(['57P03', '53300', '40001'])('%s is not: a person need not change anything', (code) => {
    expect(asSetupError(answer(code))).toMatchObject({ reason: expect.any(String) });
  });

  it('names the constraint that rejected an order, and not the order', () => {
    const error = answer('23514');
    error.constraint = 'no_poison';
    error.table = 'orders';
    expect(asWriteError(error)).toMatchObject({ message: 'PostgreSQL answered 23514 (no_poison, orders).' });
  });

  it('is worth another run after a lost race, and only then', () => {
    const lost = [answer('40001'), answer('40P01'), orderAppeared(), orderAppeared('orders_2026_pkey1')];
    const isLost = (error: unknown) => lostRace(error, '');
    expect(lost.map(isLost)).toEqual([true, true, true, true]);
    expect(isLost(orderAppeared('orders_only_one_a_day'))).toBe(false);
    expect([answer('23505'), answer('55P03'), new Error('40001'), undefined].map(isLost)).not.toContain(true);
    expect(lostRace(orderAppeared('os_orders_pkey'), 'os_')).toBe(true);
    expect(isLost(orderAppeared('their_orders_pkey'))).toBe(false);
  });

  it('shows that the connection is still usable', () => {
    expect(serverAnswered(answer('23505'))).toBe(true);
    expect(serverAnswered(new Error('Query read timeout'))).toBe(false);
  });
});

describe('a pg error without an answer', () => {
  it.each([
    new Error('Connection terminated unexpectedly'),
    new Error('Query read timeout'),
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
  ])('is an outage: %s', (error) => {
    const expected = { reason: 'internal_system_unavailable', message: expect.stringMatching(/not answering: .+/) };
    expect(asWriteError(error)).toMatchObject(expected);
    expect(asSetupError(error)).toMatchObject(expected);
  });
});

it('takes a race lost every time for a failure of this attempt', () => {
  expect(asWriteError(orderAppeared())).toMatchObject({ reason: 'write_failed' });
});

it('does not take a bug of ours for an outage', () => {
  const bug = new TypeError('x is not a function');
  expect(asWriteError(bug)).toBe(bug);
  expect(asSetupError(bug)).toBe(bug);
});
