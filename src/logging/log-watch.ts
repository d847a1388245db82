import type { LineWriter } from './line-writer.ts';

/** Where log lines go. */
export interface LogPlace {
  /** As it reads in a sentence: "the log file". */
  readonly name: string;
  readonly writer: Pick<LineWriter, 'write' | 'failure'>;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of the disk is used up',
  EPIPE: 'its reader is gone',
  EAGAIN: 'its reader is stalled',
};

/** Notices that a log can't be written, and says so where that can still be read: in another log, or else on stderr. */
export class LogWatch {
  readonly #places: readonly LogPlace[];
  readonly #lastResort: LogPlace['writer'];
  readonly #failing = new Set<LogPlace>();

  constructor(places: readonly LogPlace[], lastResort: LogPlace['writer']) {
    this.#places = places;
    this.#lastResort = lastResort;
  }

  /** To be called after each write. */
  look(): void {
    for (const place of this.#places) {
      const { failure } = place.writer;
      if (failure !== undefined && !this.#failing.has(place)) {
        this.#failing.add(place);
        this.#tell(place, 'error', `${problemOf(place)}; orders go on`, failure.code);
      } else if (failure === undefined && this.#failing.delete(place)) {
        this.#tell(place, 'info', `${place.name} can be written again`);
      }
    }
  }

  /** In sentences, since when as well; none while all can be written. */
  get problems(): readonly string[] {
    return this.#places.filter(({ writer }) => writer.failure !== undefined).map(problemOf);
  }

  #tell(about: LogPlace, level: 'error' | 'info', msg: string, code?: string): void {
    const others = this.#places.filter((place) => place !== about && place.writer.failure === undefined);
    const line = `${JSON.stringify({ level, time: new Date().toISOString(), code, msg })}\n`;
    for (const { writer } of others) writer.write(line);
    if (others.length === 0) this.#lastResort.write(line);
  }
}

function problemOf({ name, writer: { failure } }: LogPlace): string {
  const { code = '', since } = failure ?? {};
  const why = REASONS[code] === undefined ? '' : `: ${REASONS[code]}`;
  return `${name} can't be written since ${since?.toISOString()} (${code}${why}): its lines are lost until it can`;
}
