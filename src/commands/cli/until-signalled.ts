/** Aborted by Ctrl-C, SIGTERM or a closed terminal: for commands that run until then. */
export function untilSignalled(): AbortSignal {
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ended.abort());
  return ended.signal;
}
