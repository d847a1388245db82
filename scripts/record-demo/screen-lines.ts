import stringWidth from 'string-width';

/** Bytes that a program wrote to its terminal at once. */
export interface Chunk {
  /** Since the start of the recording. */
  readonly ms: number;
  readonly bytes: Uint8Array;
}

/** A piece of text in one style, on one line of the screen. */
export interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

export interface Style {
  /** A colour of the terminal's palette: 31 red, 32 green … 90 grey. */
  readonly colour: number | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

export interface ScreenLine {
  /** When the line was complete. */
  readonly ms: number;
  readonly runs: readonly Run[];
}

const PLAIN: Style = { colour: undefined, isBold: false, isDim: false };

const ESCAPE = String.fromCharCode(27);
/** A control sequence with its parameters and its command, a line end, a return, or text. */
const TOKEN = new RegExp(`${ESCAPE}\\[([\\d;]*)([A-Za-z])|\\r?\\n|\\r|[^${ESCAPE}\\r\\n]+`, 'g');

/**
 * The lines that a program left on its terminal, for programs that only append, with colours: of all movements, just "back
 * to the start of the line" and "erase the line" are known, which is how npm's spinner removes itself.
 */
export function screenLines(chunks: readonly Chunk[], columns: number): ScreenLine[] {
  const lines: ScreenLine[] = [];
  const decoder = new TextDecoder();
  let style = PLAIN;
  let runs: Run[] = [];
  let column = 0;
  const finish = (ms: number) => {
    lines.push({ ms, runs });
    runs = [];
    column = 0;
  };
  const write = (text: string, ms: number) => {
    for (const character of text) {
      if (column + stringWidth(character) > columns) finish(ms);
      const last = runs.at(-1);
      if (last !== undefined && last.style === style) runs[runs.length - 1] = { ...last, text: last.text + character };
      else runs.push({ column, text: character, style });
      column += stringWidth(character);
    }
  };
  for (const { ms, bytes } of chunks) {
    for (const [token, parameters = '', command] of decoder.decode(bytes, { stream: true }).matchAll(TOKEN)) {
      if (command === 'm') style = restyled(style, parameters);
      else if (command === 'K') [runs, column] = [[], 0];
      else if (command === undefined && token.endsWith('\n')) finish(ms);
      else if (command === undefined && token !== '\r') write(token, ms);
    }
  }
  return lines;
}

/** @param parameters of "select graphic rendition", such as `1;31` */
function restyled(style: Style, parameters: string): Style {
  let { colour, isBold, isDim } = style;
  for (const code of parameters.split(';').map(Number)) {
    if (code === 0) ({ colour, isBold, isDim } = PLAIN);
    else if (code === 1) isBold = true;
    else if (code === 2) isDim = true;
    else if (code === 22) isBold = isDim = false;
    else colour = code === 39 ? undefined : code;
  }
  return { colour, isBold, isDim };
}
