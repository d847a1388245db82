import { afterAll } from 'vitest';

/**
 * Fails a test file that leaves a connection, a server, a process or a timer behind. What leaks in a test leaks in the
 * daemon too, and grows there until it hurts. Unreferenced timers don't count, as they keep nothing alive.
 */
const WATCHED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ProcessWrap', 'Timeout', 'Immediate']);
/** Closing a connection takes a moment, and Vitest reports progress with short timers of its own. */
const GRACE_MS = 3000;
const CHECK_EVERY_MS = 50;

/** Taken before the test file is loaded, when none of Vitest's own timers runs. */
const before = running();

// Registered before every hook of the test file, so it runs after all of them.
afterAll(async () => {
  const deadline = performance.now() + GRACE_MS;
  while (leftovers().length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_EVERY_MS));
  }
  const left = leftovers();
  if (left.length > 0) {
    throw new Error(`This file leaves running: ${left.join(', ')}. Find where: vitest run --detect-async-leaks <file>`);
  }
});

function leftovers(): string[] {
  return [...running()].flatMap(([type, count]) => {
    const more = count - (before.get(type) ?? 0);
    return more > 0 ? [`${more} ${type}`] : [];
  });
}

/** What keeps this process alive now, by type. */
function running(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    if (WATCHED.has(type)) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
