import { createHash } from 'node:crypto';

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export const LI_TOKEN = 'the-token-of-li-wei';
export const WANG_TOKEN = 'the-token-of-wang-fang';
export const LI = `李伟 operator ${hash(LI_TOKEN)}`;
export const WANG = `wang.fang viewer ${hash(WANG_TOKEN)}`;

export interface PeopleFile {
  readonly path: string;
  write(...lines: readonly string[]): void;
}

/** A file for OPS_TOKENS_FILE, removed after the test. */
export function aPeopleFile(...lines: readonly string[]): PeopleFile {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'people.txt');
  const write: PeopleFile['write'] = (...lines) => writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  write(...lines);
  return { path, write };
}

export function hash(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`;
}
