import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CACHE } from './cache.ts';
import { runProgram } from './run-program.ts';

/** Lays out the shop's project in the cache, and installs its packages unless they are there. @returns the folder */
export async function install(shop: string, eventsExample: { from: string; to: string }): Promise<string> {
  const folder = join(CACHE, shop);
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'package.json');
  const before = existsSync(manifest) ? readFileSync(manifest, 'utf8') : '';
  cpSync(new URL(`../${shop}/project`, import.meta.url), folder, { recursive: true });
  cpSync(new URL(`../../examples/${eventsExample.from}`, import.meta.url), join(folder, eventsExample.to));
  const isInstalled = existsSync(join(folder, 'node_modules')) && before === readFileSync(manifest, 'utf8');
  if (!isInstalled) {
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--include=prod'];
    await runProgram('npm', args, { folder, logFile: join(folder, 'install.log') });
  }
  return folder;
}

export function versionOf(name: string, folder: string): string {
  const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(manifest)).version;
}
