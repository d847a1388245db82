import { styleText } from 'node:util';
import type { Tone } from '../live/consumption.ts';
import type { Line, Size } from './render.ts';

const STYLES: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  plain: [],
  strong: 'bold',
  dim: 'dim',
  good: 'green',
  warning: 'yellow',
  error: 'red',
};

const BEGIN = '\u001B[?1049h\u001B[?25l';
const END = '\u001B[?25h\u001B[?1049l';
const HOME = '\u001B[H';
const CLEAR_LINE = '\u001B[K';
const CLEAR_BELOW = '\u001B[J';
const QUIT_KEYS = ['q', 'Q', '\u0003', '\u001B'];
/** For a terminal that does not report its size. */
const USUAL: Size = { columns: 80, rows: 24 };

/** The whole terminal, refreshed in place. Disposing of it restores what was there before. */
export class Screen implements Disposable {
  readonly #onKey: (key: Buffer) => void;
  readonly #onResize: () => void;

  constructor({ onQuit, onResize }: { readonly onQuit: () => void; readonly onResize: () => void }) {
    this.#onKey = (key) => {
      if (QUIT_KEYS.includes(key.toString())) onQuit();
    };
    this.#onResize = onResize;
    process.stdout.write(BEGIN);
    process.stdout.on('resize', this.#onResize);
    if (!process.stdin.isTTY) return;
    process.stdin.setRawMode(true);
    process.stdin.on('data', this.#onKey);
  }

  get size(): Size {
    const { columns, rows } = process.stdout;
    return { columns: columns || USUAL.columns, rows: rows || USUAL.rows };
  }

  draw(lines: readonly Line[]): void {
    const styled = lines.map(({ text, tone }) => `${styleText(STYLES[tone], text)}${CLEAR_LINE}`);
    process.stdout.write(`${HOME}${styled.join('\r\n')}${CLEAR_BELOW}`);
  }

  [Symbol.dispose](): void {
    process.stdout.off('resize', this.#onResize);
    process.stdout.write(END);
    if (!process.stdin.isTTY) return;
    process.stdin.off('data', this.#onKey);
    process.stdin.setRawMode(false);
    process.stdin.pause();
  }
}
