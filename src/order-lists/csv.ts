import { stringify } from 'csv-stringify/sync';

/**
 * CSV for spreadsheets, which guess what a cell means: Excel, WPS and LibreOffice round numbers after fifteen digits, drop zeros
 * in front, take `1-2` for a date and run whatever looks like a formula.
 *
 * - `name`: an order number, a phone number: text, whatever it looks like
 * - `text`: what people wrote
 * - `amount`: plain decimal digits
 * - `time`: a UTC instant, shown in the file's zone, which the header names
 */
export type CellKind = 'name' | 'text' | 'amount' | 'count' | 'time';

export interface CsvColumn<Row> {
  readonly header: string;
  readonly kind: CellKind;
  readonly value: (row: Row) => string | number | null;
}

/** Excel takes a file without it for one in the code page of Windows. */
const BYTE_ORDER_MARK = '\uFEFF';
/** Bytes written at once, roughly. */
const CHUNK_ROWS = 100;

/** The file in pieces. @param zone an IANA name, of the times */
export async function* csvFile<Row>(
  columns: readonly CsvColumn<Row>[],
  rows: AsyncIterable<Row>,
  zone: string,
): AsyncGenerator<string> {
  const shownIn = clockOf(zone);
  const cells = (row: Row) => columns.map(({ kind, value }) => cell(kind, value(row), shownIn));
  const headers = columns.map(({ kind, header }) => plainText(kind === 'time' ? `${header} (${zone})` : header));
  yield `${BYTE_ORDER_MARK}${lines([headers])}`;
  let chunk: string[][] = [];
  for await (const row of rows) {
    if (chunk.push(cells(row)) < CHUNK_ROWS) continue;
    yield lines(chunk);
    chunk = [];
  }
  if (chunk.length > 0) yield lines(chunk);
}

function lines(rows: readonly (readonly string[])[]): string {
  // By itself, it leaves a line feed alone where lines end in two characters.
  return stringify([...rows], { record_delimiter: 'windows', quoted_match: /[\r\n]/ });
}

function cell(kind: CellKind, value: string | number | null, shownIn: (instant: string) => string): string {
  if (value === null || value === '') return '';
  const text = String(value);
  switch (kind) {
    case 'name':
      return exactText(text);
    case 'text':
      return plainText(text);
    case 'amount':
      return isExact(text) ? text : exactText(text);
    case 'count':
      return text;
    case 'time':
      return shownIn(text);
  }
}

/** The most that Excel takes as a text within a formula. */
const LONGEST_EXACT_TEXT = 255;

/** The result of a formula is not guessed at. What is in quotes cannot leave them: it computes nothing. */
function exactText(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > LONGEST_EXACT_TEXT ? plainText(line) : `="${line.replaceAll('"', '""')}"`;
}

/** What a formula begins with, in East Asian width as well, behind whatever a spreadsheet may skip. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@＝＋－＠]|^[\t\r\n]/u;

/** No formula: an apostrophe says so. */
function plainText(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Whether a spreadsheet, which computes with doubles, keeps every digit. */
function isExact(amount: string): boolean {
  return /^-?\d+(?:\.\d+)?$/.test(amount) && amount.replace(/^-?0*|\D/g, '').length <= 15;
}

/** `2026-11-22 16:00:05`: what every spreadsheet takes for a time, whatever its language. @throws RangeError for no zone */
function clockOf(zone: string): (instant: string) => string {
  // In Swedish, times are written that way.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  return (instant) => format.format(new Date(instant));
}
