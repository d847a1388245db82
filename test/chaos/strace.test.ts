import { expect, test } from 'vitest';
import { ackedBeforeSynced } from '../../chaos/checks/strace.ts';

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const LOG = `24<${hex('/data/internal.db-wal')}>`;
const ACK = `7 write(25<${hex('socket:[1]')}>, "\\x01\\x00\\x01\\x00\\x00\\x00\\x0d\\x00\\x3c\\x00\\x50\\x00\\xce", 21) = 21`;
const WRITE = `7 pwrite64(${LOG}, "\\x00", 4096, 0) = 4096`;
const SYNC = `7 fdatasync(${LOG}) = 0`;

test('an ack after the sync of the write is in time, and so is one without a write', () => {
  expect(ackedBeforeSynced([ACK, WRITE, SYNC, ACK, ACK].join('\n'))).toEqual({ acks: 3, early: 0 });
});

test('what is remembered of the acks themselves need not be on disk', () => {
  const memory = `7 pwrite64(26<${hex('/data/acked.db-wal')}>, "\\x00", 4096, 0) = 4096`;
  expect(ackedBeforeSynced([memory, ACK].join('\n'))).toEqual({ acks: 1, early: 0 });
});

test('an ack between write and sync is early, even when another file was synced', () => {
  const other = `7 fsync(23<${hex('/data/internal.db')}>) = 0`;
  expect(ackedBeforeSynced([WRITE, other, ACK, SYNC, ACK].join('\n'))).toEqual({ acks: 2, early: 1 });
});
