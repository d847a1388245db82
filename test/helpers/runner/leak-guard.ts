import { afterAll, beforeAll } from 'vitest';

/**
 * Fails a test file that leaves a connection, a server or a process behind. What leaks in a test leaks in the daemon, where it
 * grows until it hurts.
 */
const WATCHED = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'ProcessWrap']);
/** Closing a connection takes a moment after the test has asked for it. */
const GRACE_MS = 3000;

let before: ReadonlyMap<string, number> = new Map();

beforeAll(() => {
  before = running();
});

afterAll(async () => {
  const deadline = performance.now() + GRACE_MS;
  while (leftovers().length > 0 && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
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
