import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where `systemd-notify` is, on every distribution that has it. */
const SEARCH_PATH = '/usr/bin:/bin:/usr/local/bin';
const TIMEOUT_MS = 5_000;

/**
 * Tells systemd how the daemon is doing (`Type=notify`). Node cannot send datagrams to a Unix socket, so a small program
 * does: the unit needs `NotifyAccess=all`, for the message comes from another process than the main one.
 *
 * @param socket what systemd gave as NOTIFY_SOCKET; undefined when nobody wants to know
 * @param states such as `READY=1`, `STOPPING=1`, `STATUS=…`
 * @returns whether systemd was told. It never rejects: the daemon's work does not depend on who watches it.
 */
export async function notifySystemd(socket: string | undefined, ...states: readonly string[]): Promise<boolean> {
  if (socket === undefined) return false;
  const env = { NOTIFY_SOCKET: socket, PATH: SEARCH_PATH };
  try {
    await run('systemd-notify', [`--pid=${process.pid}`, ...states], { env, timeout: TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells systemd twice in each of its watchdog's periods that the daemon is alive: while the event loop runs, and `isLive()`.
 * When it no longer is, systemd ends the daemon and starts it again.
 *
 * @param watchdogMs the watchdog's period; undefined when there is none
 * @returns undefined when nobody is told
 */
export function feedWatchdog(
  socket: string | undefined,
  watchdogMs: number | undefined,
  isLive: () => boolean,
): NodeJS.Timeout | undefined {
  if (socket === undefined || watchdogMs === undefined) return undefined;
  return setInterval(() => {
    if (isLive()) void notifySystemd(socket, 'WATCHDOG=1');
  }, watchdogMs / 2).unref();
}
