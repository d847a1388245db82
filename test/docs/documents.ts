import { readdirSync, readFileSync } from 'node:fs';

const PROJECT = new URL('../../', import.meta.url);

/** The documents for people, as paths within the project. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync(PROJECT).filter((name) => name.endsWith('.md')),
  ...readdirSync(new URL('docs', PROJECT))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

export function text(path: string): string {
  return readFileSync(new URL(path, PROJECT), 'utf8');
}

export interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

export function codeBlocks(path: string, language?: string): CodeBlock[] {
  return [...text(path).matchAll(/^```(\w*)\n(.*?)^```$/gms)]
    .map(([, found = '', code = '']) => ({ language: found, code }))
    .filter((block) => language === undefined || block.language === language);
}

/** Without its code blocks, where `#` and `[]()` mean other things. */
export function prose(path: string): string {
  return text(path).replace(/^```.*?^```$/gms, '');
}

export interface Heading {
  readonly level: number;
  readonly title: string;
}

export function headings(path: string): Heading[] {
  return [...prose(path).matchAll(/^(#+) (.+)$/gm)].map(([, marks = '', title = '']) => ({
    level: marks.length,
    title,
  }));
}

/** The anchors that GitHub makes of a document's headings. */
export function anchors(path: string): string[] {
  return headings(path).map(({ title }) =>
    title
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What stands in backquotes in a document's tables, row by row. */
export function tableCodes(path: string): string[][] {
  return prose(path)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code));
}
