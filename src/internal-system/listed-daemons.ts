import { type DaemonStore, type SeenDaemon, SILENT_AFTER_MS } from './daemon-store.ts';

/** A daemon, as people see it. */
export interface ListedDaemon extends SeenDaemon {
  /** It has not been heard from: killed, hung, or cut off from the internal system. */
  readonly isSilent: boolean;
  /** A newer version runs beside it, for the same internal system. */
  readonly isOutdated: boolean;
}

/** All daemons of the internal system. @throws SyncError */
export async function listDaemons(store: Pick<DaemonStore, 'list'>): Promise<readonly ListedDaemon[]> {
  const daemons = (await store.list()).map((daemon) => ({ ...daemon, isSilent: daemon.silentMs > SILENT_AFTER_MS }));
  const running = daemons.filter(({ isSilent }) => !isSilent).map(({ report }) => report.version);
  return daemons.map((daemon) => ({
    ...daemon,
    isOutdated: running.some((version) => compareVersions(daemon.report.version, version) < 0),
  }));
}

/** `1.10.0` is newer than `1.9.0`, and than `1.10.0-rc.1`. */
export function compareVersions(a: string, b: string): number {
  const [[numbersA = '', previewA], [numbersB = '', previewB]] = [a.split('-'), b.split('-')];
  const byNumbers = numbersA.localeCompare(numbersB, 'en', { numeric: true });
  if (byNumbers !== 0 || previewA === previewB) return byNumbers;
  if (previewA === undefined) return 1;
  if (previewB === undefined) return -1;
  return previewA.localeCompare(previewB, 'en', { numeric: true });
}
