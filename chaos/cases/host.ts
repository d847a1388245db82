import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../../scripts/setup/system-packages.mjs';
import { ackedBeforeSynced } from '../checks/strace.ts';
import type { ChaosCase } from './case.ts';

const HOOKS = fileURLToPath(new URL('../daemon/hooks.mjs', import.meta.url));
/** Loaded before the daemon's own code, see hooks.mjs. */
const HOOKED = { NODE_OPTIONS: `--import=${HOOKS}` };

/** Faults of the machine that the daemon runs on. */
export const hostCases: readonly ChaosCase[] = [
  {
    id: 'P4',
    fault: 'process stopped (SIGSTOP) for three heartbeats, then its event loop blocked for as long',
    daemons: 0,
    limits: { recoveryMs: 30_000 },
    play: async (scene) => {
      const daemon = await scene.startDaemon({ ...HOOKED, CHAOS_BLOCK_MS: '35000' });
      await daemon.ready();
      await scene.auditFromNowOn();
      await scene.progress(0.3);
      daemon.signal('SIGSTOP');
      await sleep(35_000);
      daemon.signal('SIGCONT');
      await scene.until('orders flow again', () => performance.now() - scene.wire.settledAt < 1_000);
      // The hook blocks the event loop on this signal.
      daemon.signal('SIGUSR1');
      await sleep(36_000);
      scene.healed();
    },
  },
  {
    id: 'P6',
    fault: 'the clock jumps an hour ahead, back again, and an hour behind',
    daemons: 0,
    play: async (scene) => {
      const daemon = await scene.startDaemon({ ...HOOKED, CHAOS_CLOCK_JUMPS_MS: '3600000,-3600000,-3600000' });
      await daemon.ready();
      await scene.auditFromNowOn();
      for (const share of [0.25, 0.5, 0.75]) {
        await scene.progress(share);
        daemon.signal('SIGUSR1');
      }
      scene.healed();
    },
  },
  {
    id: 'P7',
    fault: '64 file descriptors, and standard output that nothing reads',
    daemons: 0,
    scene: { prefetch: 64 },
    play: async (scene) => {
      const limited = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh'];
      const log = join(scene.folder, 'daemon.log');
      const daemon = await scene.startDaemon({ LOG_FILE: log, SHOP_CONCURRENCY: '64' }, limited);
      await daemon.ready();
      await scene.auditFromNowOn();
      await scene.progress(0.3);
      daemon.readLogFrom(log);
      daemon.stallOutput();
      await scene.progress(0.7);
      daemon.closeOutput();
      scene.healed();
    },
  },
  {
    id: 'P8',
    fault: 'power loss: each commit is on disk before its ack is written (strace)',
    daemons: 0,
    cannot: ({ database }) => {
      if (database !== 'sqlite') return 'the database server does the fsync, not the daemon';
      return findProgram('strace') === undefined ? 'strace is not installed' : undefined;
    },
    play: async (scene) => {
      const trace = join(scene.folder, 'trace');
      const calls = 'trace=write,writev,pwrite64,fdatasync,fsync';
      const daemon = await scene.startDaemon({}, [
        'strace',
        // The daemon stays our child and receives our signals.
        '-D',
        '-f',
        '-y',
        '-xx',
        '-s',
        '65536',
        '-o',
        trace,
        '-e',
        calls,
      ]);
      await daemon.ready();
      await scene.auditFromNowOn();
      await scene.progress(1);
      await scene.until('everything is settled', () => performance.now() - scene.wire.settledAt > 2_000);
      const { acks, early } = ackedBeforeSynced(readFileSync(trace, 'latin1'));
      if (acks === 0) throw new Error('found no ack in the trace');
      if (early > 0) throw new Error(`${early} of ${acks} acks were written before their commit was on disk`);
      scene.healed();
    },
  },
  {
    id: 'D6',
    fault: 'disk full, then enlarged',
    daemons: 0,
    cannot: () => (process.getuid?.() === 0 ? undefined : 'only root can mount a small file system'),
    play: async (scene) => {
      const run = promisify(execFile);
      await run('mount', ['-t', 'tmpfs', '-o', 'size=900k', 'tmpfs', scene.folder]);
      scene.defer(async () => {
        await run('umount', ['-l', scene.folder]);
      });
      const daemon = await scene.startDaemon();
      await daemon.ready();
      await scene.auditFromNowOn();
      await scene.until('the disk is full', () => daemon.output.includes('"paused'));
      await sleep(5_000);
      await run('mount', ['-o', 'remount,size=50m', scene.folder]);
      scene.healed();
    },
  },
];
