import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const inProject = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Inside node_modules, so that what is built there finds its dependencies. */
const CACHE = inProject('node_modules/.cache/order-sync');

/** @returns a folder with package.json and a dist/ built from this checkout; the caller removes it */
export function buildPackage(): string {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'package-'));
  cpSync(inProject('package.json'), join(folder, 'package.json'));
  const { status, stderr } = spawnSync(process.execPath, [inProject('scripts/build.mjs'), join(folder, 'dist')]);
  if (status !== 0) throw new Error(`scripts/build.mjs ended with ${status}: ${stderr}`);
  return folder;
}
