import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where every distribution that has `systemd-notify` puts it. */
const SEARCH_PATH = '/usr/bin:/bin:/usr/local/bin';
const TIMEOUT_MS = 5_000;

/**
 * Reports the daemon's state to systemd (`Type=notify`). Node cannot send datagrams to a Unix socket, so a small program
 * does. The unit needs `NotifyAccess=all`, because the message comes from a process other than the main one.
 *
 * @param socket the value of NOTIFY_SOCKET; undefined when systemd does not listen
 * @param states such as `READY=1`, `STOPPING=1`, `STATUS=…`
 * @returns whether systemd was notified. Never rejects: the daemon's work does not depend on being watched.
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
 * Keeps the status that `systemctl status` shows true: what the daemon does, or why it does nothing.
 *
 * @returns undefined when systemd does not listen
 */
export function keepStatus(
  socket: string | undefined,
  status: () => string,
  everyMs = STATUS_EVERY_MS,
): NodeJS.Timeout | undefined {
  if (socket === undefined) return undefined;
  let told: string | undefined;
  return setInterval(() => {
    const now = status();
    if (now === told) return;
    told = now;
    void notifySystemd(socket, `STATUS=${now}`);
  }, everyMs).unref();
}

/** Long enough for the program that does it, short enough for whoever looks. */
const STATUS_EVERY_MS = 2_000;

/**
 * Reports twice per watchdog period that the daemon is alive, as long as the event loop runs and `isLive()` holds. If the
 * reports stop, systemd kills the daemon and restarts it.
 *
 * @param watchdogMs the watchdog's period; undefined when there is none
 * @returns undefined when there is no watchdog to feed
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
