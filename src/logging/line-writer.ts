import { closeSync, constants, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';

/** How long to wait for a full pipe. A stalled reader holds up the daemon for this long at most, and only once. */
const STALL_MS = 1_000;
const POLL_MS = 10;

/** The last write failed, and so may have those before it. */
export interface WriteFailure {
  /** Of the system, such as ENOSPC; EAGAIN: the reader is stalled. */
  readonly code: string;
  readonly since: Date;
}

/**
 * Writes whole lines to a file descriptor, synchronously: a line is out when `write` returns, so none is lost when the
 * process ends, however it ends. It never throws. Orders matter more than their log: a line that cannot be written
 * (reader gone or stalled, disk full) is dropped, and the next line that can be written says how many were.
 *
 * Known limit: a descriptor that blocks in the kernel, such as journald's socket, holds up the daemon for as long as its
 * reader is stalled. Pipes do not; see `withoutBlocking`.
 */
export class LineWriter {
  #fd: number;
  readonly #toText: ((line: string) => string) | undefined;
  /** The rest of a line that was written in part. It must go out first, or two lines run together. */
  #unfinished: Buffer = Buffer.alloc(0);
  #dropped = 0;
  #isStalled = false;
  #failure: WriteFailure | undefined;

  /** @param toText turns a JSON line, line feed included, into the text to write @defaultValue the line itself */
  constructor(fd: number, toText?: (line: string) => string) {
    this.#fd = fd;
    this.#toText = toText;
  }

  /** Why nothing could be written last; undefined while all is well. */
  get failure(): WriteFailure | undefined {
    return this.#failure;
  }

  /** @param line one or more lines, each with a line feed at its end */
  write(line: string): void {
    const text = this.#dropped === 0 ? line : droppedLine(this.#dropped) + line;
    if (this.#put(Buffer.from(this.#toLines(text)))) this.#dropped = 0;
    else this.#dropped += line.split('\n').length - 1;
  }

  /** Continues with another descriptor and closes the current one. */
  switchTo(fd: number): void {
    this.#put(Buffer.alloc(0));
    const before = this.#fd;
    this.#fd = fd;
    this.#unfinished = Buffer.alloc(0);
    closeSync(before);
  }

  /** Flushes what was written to the disk, if the descriptor is a file. */
  sync(): void {
    try {
      fsyncSync(this.#fd);
    } catch {
      // Pipes, sockets and terminals cannot be synced, and `write` has reported a failing disk.
    }
  }

  #toLines(text: string): string {
    if (this.#toText === undefined) return text;
    return text
      .split(/(?<=\n)/)
      .map(this.#toText)
      .join('');
  }

  /** @returns whether the line is out, or at least begun: its rest will follow */
  #put(line: Buffer): boolean {
    const bytes = Buffer.concat([this.#unfinished, line]);
    const written = this.#writeBytes(bytes);
    const isBegun = written > this.#unfinished.length || line.length === 0;
    this.#unfinished = bytes.subarray(written, isBegun ? undefined : this.#unfinished.length);
    return isBegun;
  }

  /** @returns how many bytes could be written */
  #writeBytes(bytes: Buffer): number {
    let written = 0;
    let waited = 0;
    while (written < bytes.length) {
      try {
        written += writeSync(this.#fd, bytes, written);
        this.#isStalled = false;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
        const isFull = code === 'EAGAIN';
        if (isFull && !this.#isStalled && waited >= STALL_MS) this.#isStalled = true;
        if (!isFull || this.#isStalled) {
          this.#failure = { code, since: this.#failure?.since ?? new Date() };
          return written;
        }
        sleep(POLL_MS);
        waited += POLL_MS;
      }
    }
    this.#failure = undefined;
    return written;
  }
}

function droppedLine(count: number): string {
  const line = {
    level: 'warn',
    time: new Date().toISOString(),
    msg: `${count} log lines before this one were lost`,
    count,
  };
  return `${JSON.stringify(line)}\n`;
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/**
 * A second descriptor of the same pipe that does not block when the reader is stalled. The first one cannot be switched to
 * that: it is shared with other processes, and Node has no call for it.
 *
 * @returns `fd` itself if it is not a pipe, or if the system offers no such descriptor
 */
export function withoutBlocking(fd: number): number {
  try {
    if (!fstatSync(fd).isFIFO()) return fd;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}
