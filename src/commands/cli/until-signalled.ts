/** Aborted by Ctrl-C, SIGTERM or a terminal that is closed: for commands that only they end. */
export function untilSignalled(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort());
  return ended.signal;
}
