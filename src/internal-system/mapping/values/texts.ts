/** The first characters of a text, counted as `varchar(60)` counts them. */
export function truncate(text: string, length: number): string;
export function truncate(text: string | null, length: number): string | null;
export function truncate(text: string | null, length: number): string | null {
  return text === null || text.length <= length ? text : [...text].slice(0, length).join('');
}

/**
 * Text for columns and tables in MySQL's old `utf8`, which refuses characters of four bytes: emoji go, and a rare character of
 * a name becomes 〓, so that people see that something is missing.
 */
export function bmp(text: string): string;
export function bmp(text: string | null): string | null;
export function bmp(text: string | null): string | null {
  return text === null ? null : text.replace(RARE_HAN, '〓').replace(BEYOND, '');
}

const RARE_HAN = /(?=[\u{10000}-\u{10FFFF}])\p{Script=Han}/gu;
const BEYOND = /[\u{10000}-\u{10FFFF}][\uFE0F\u200D]*/gu;

/** 1 or 0, for `tinyint(1)`. */
export function flag(value: boolean | null | undefined): 0 | 1 {
  return value === true ? 1 : 0;
}
