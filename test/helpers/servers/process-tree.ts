import { readdirSync, readFileSync } from 'node:fs';

/**
 * Kills a process group and all descendants of its leader: PostgreSQL's backends leave the group, and one that runs a query
 * would outlive the server until it finishes.
 */
export function killTree(leader: number): void {
  for (const target of [-leader, ...descendantsOf(leader)]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
}

/** Empty on systems without /proc. */
function descendantsOf(pid: number): number[] {
  const parents = processIds().map((child) => ({ child, parent: parentOf(child) }));
  const found = [pid];
  // The loop also visits what it appends.
  for (const next of found) found.push(...parents.filter(({ parent }) => parent === next).map(({ child }) => child));
  return found.slice(1);
}

function parentOf(pid: number): number | undefined {
  try {
    // `pid (name) state parent …`, and the name may contain anything.
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return Number(afterName.split(' ')[1]);
  } catch {
    return undefined;
  }
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
