import { hostname } from 'node:os';
import type { SafeDatabase } from '../../ack-memory/safe-database.ts';

const DAY_MS = 24 * 3_600_000;
/** Of a daemon that goes down again and again, not each start is told. */
const TOLD = [1, 3, 10, 30, 100, 300];

/**
 * The daemons of this host that run, in the file beside them: one that is in there and does not run was not stopped. So each waits
 * for another one that writes, rather than be left in there, or out.
 */
export class Runs {
  readonly #database: SafeDatabase;
  readonly #scope: string;
  readonly #startedAt = Date.now();

  constructor(database: SafeDatabase, scope: string) {
    this.#database = database;
    this.#scope = scope;
  }

  /** @returns how often within a day one has ended without being stopped, if that is news; 0 otherwise */
  begin(): number {
    return this.#database.patiently(() => this.#begin());
  }

  /** It is being stopped. */
  end(): void {
    const sql = 'DELETE FROM runs WHERE scope = ? AND host = ? AND pid = ? AND started_at = ?';
    this.#database.patiently(() =>
      this.#database.change(0, (run) => run(sql, this.#scope, hostname(), process.pid, this.#startedAt)),
    );
  }

  #begin(): number {
    const [scope, host, now] = [this.#scope, hostname(), this.#startedAt];
    const runs = this.#database.rows('SELECT pid, crashed_at FROM runs WHERE scope = ? AND host = ?', scope, host);
    const gone = runs.filter(({ pid, crashed_at }) => crashed_at === null && !isAnother(Number(pid)));
    this.#database.change(undefined, (run) => {
      run(
        'DELETE FROM runs WHERE scope = ? AND (crashed_at < ? OR started_at < ?)',
        scope,
        now - DAY_MS,
        now - YEAR_MS,
      );
      const crashed = 'UPDATE runs SET crashed_at = ? WHERE scope = ? AND host = ? AND pid = ? AND crashed_at IS NULL';
      for (const { pid } of gone) run(crashed, now, scope, host, Number(pid));
      run('INSERT INTO runs (scope, host, pid, started_at) VALUES (?, ?, ?, ?)', scope, host, process.pid, now);
    });
    if (gone.length === 0) return 0;
    const sql = 'SELECT count(*) AS n FROM runs WHERE scope = ? AND host = ? AND crashed_at IS NOT NULL';
    const times = Number(this.#database.row(sql, scope, host)?.['n'] ?? 0);
    return TOLD.includes(times) ? times : 0;
  }
}

const YEAR_MS = 365 * DAY_MS;

/** Another process has this id now. In a container, each daemon has the same one, and is told from its predecessor by that. */
function isAnother(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
