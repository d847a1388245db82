import type { ScanRun } from '../../internal-system/reconciliation-store.ts';
import type { Turn } from '../../internal-system/turn.ts';
import type { SharedTrouble } from './happening.ts';

/** What is so for all daemons of a shop, and was told. */
export interface SharedTold {
  readonly trouble: SharedTrouble;
  /** ms since the epoch. */
  readonly since: number;
}

/**
 * What one of several daemons told of what is so for all of them: whoever has the turn reads it, and writes it before it tells.
 * Each method throws a SyncError while the internal system does not answer.
 */
export interface SharedMemory {
  /** While another daemon has the turn, everything else means nothing. */
  readonly isMine: () => Promise<boolean>;
  /** Since when no paid order has come, if that was told. */
  readonly silentSince: () => Promise<Date | undefined>;
  /** @returns false if another daemon has taken over */
  readonly noteSilence: (since: Date | undefined) => Promise<boolean>;
  readonly told: () => Promise<readonly SharedTold[]>;
  /** @returns false if another daemon has taken over */
  readonly noteTold: (told: readonly SharedTold[]) => Promise<boolean>;
}

/** In the state of a lease. */
export function sharedMemory(turn: Turn): SharedMemory {
  return {
    isMine: async () => (await turn.take()) !== undefined,
    silentSince: async () => {
      const cursor = (await turn.take())?.cursor ?? null;
      return cursor === null ? undefined : new Date(cursor);
    },
    noteSilence: (since) => turn.save({ cursor: since?.toISOString() ?? null }),
    told: async () => toldIn((await turn.take())?.lastRun ?? null),
    noteTold: (told) => turn.save({ lastRun: asRun(told) }),
  };
}

function toldIn(run: ScanRun | null): readonly SharedTold[] {
  return run === null ? [] : (JSON.parse(run.report) as SharedTold[]);
}

function asRun(told: readonly SharedTold[]): ScanRun {
  const now = new Date().toISOString();
  const report = JSON.stringify(told);
  return { startedAt: now, finishedAt: now, compared: 0, found: 0, known: 0, error: null, report };
}

/** An internal system of the user's own need not be able to keep anything: then each daemon tells, and again after a restart. */
export function ownMemory(): SharedMemory {
  let silent: Date | undefined;
  let all: readonly SharedTold[] = [];
  return {
    isMine: async () => true,
    silentSince: async () => silent,
    noteSilence: async (since) => {
      silent = since;
      return true;
    },
    told: async () => all,
    noteTold: async (told) => {
      all = told;
      return true;
    },
  };
}
