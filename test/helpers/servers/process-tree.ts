import { readdirSync, readFileSync } from 'node:fs';

/**
 * SIGKILL to a process group and to all descendants of its leader: PostgreSQL's backends leave the group, and one that is
 * busy with a query outlives the server for as long as that takes.
 */
export function killTree(leader: number): void {
  for (const target of [-leader, ...descendantsOf(leader)]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

/** Empty on systems without Linux's /proc. */
function descendantsOf(pid: number): number[] {
  const parents = processIds().map((child) => ({ child, parent: parentOf(child) }));
  const found = [pid];
  // The loop also scans over what it finds.
  for (const next of found) found.push(...parents.filter(({ parent }) => parent === next).map(({ child }) => child));
  return found.slice(1);
}

function parentOf(pid: number): number | undefined {
  try {
    // `pid (name) state parent …`, and the name may hold anything.
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
