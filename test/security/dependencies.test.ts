import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { text } from '../docs/documents.ts';

/** What runs in production is small and known: docs/dependencies.md lists each direct dependency with its reason. */

/** All packages, transitive ones included. More than this deserves a second thought. */
const MOST_PACKAGES = 75;

const PROJECT = new URL('../../', import.meta.url).pathname;
const manifest = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${PROJECT}package.json`, 'utf8')));
const lockfile = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        resolved: z.string().optional(),
        integrity: z.string().optional(),
        dev: z.boolean().optional(),
        devOptional: z.boolean().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(`${PROJECT}package-lock.json`, 'utf8')));

describe('the dependencies of production', () => {
  test('are those in docs/dependencies.md, each with its purpose', () => {
    const [, section = ''] = text('docs/dependencies.md').split('## At run time');
    const [table = ''] = section.split('\n## ');
    const rows = [...table.matchAll(/^\| \[([^\]]+)\]\([^)]+\) \| (.+?) \| (.+?) \|$/gm)];
    expect(rows.map(([, name]) => name).sort()).toEqual(Object.keys(manifest.dependencies).sort());
    for (const [, name, purpose, alternative] of rows) {
      expect([name, purpose?.length, alternative?.length]).toEqual([name, expect.any(Number), expect.any(Number)]);
    }
  });

  test('are installed as the lockfile says, and are few', async () => {
    const { stdout } = await npm('ls', '--omit=dev', '--all', '--parseable');
    const folders = stdout.split('\n').filter((line) => line.includes('node_modules/'));
    const names = folders.map((folder) => folder.slice(folder.indexOf('node_modules/')));
    expect(names.length).toBeGreaterThan(Object.keys(manifest.dependencies).length);
    expect(names.length).toBeLessThanOrEqual(MOST_PACKAGES);
    expect(names.filter((name) => !Object.hasOwn(lockfile.packages, name))).toEqual([]);
  });

  test('run no install scripts, have a checksum each, and name no registry address', () => {
    const production = Object.entries(lockfile.packages).filter(
      ([path, { dev, devOptional }]) => path !== '' && dev !== true && devOptional !== true,
    );
    expect(production.filter(([, { hasInstallScript }]) => hasInstallScript === true).map(([path]) => path)).toEqual(
      [],
    );
    expect(production.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
    expect(production.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  test('have no known vulnerabilities', async ({ skip }) => {
    const audit = auditReport.parse(JSON.parse((await npm('audit', '--omit=dev', '--json')).stdout || '{}'));
    // A mirror may not support this, and an offline machine cannot ask. Neither says anything about the packages.
    if (audit.metadata === undefined)
      skip(`SKIPPED: the registry does not answer the audit (${audit.message ?? 'no reason given'})`);
    expect(audit.metadata?.vulnerabilities.total).toBe(0);
  });
});

const auditReport = z.object({
  message: z.string().optional(),
  metadata: z.object({ vulnerabilities: z.object({ total: z.number() }) }).optional(),
});

/** npm exits with an error status when it finds something, so only its output counts. */
function npm(...args: string[]): Promise<{ stdout: string }> {
  return new Promise((resolve) => {
    const options = { cwd: PROJECT, timeout: 50_000, maxBuffer: 64 * 1024 * 1024 };
    execFile('npm', [...args, '--fetch-retries=0', '--fetch-timeout=15000'], options, (_error, stdout) =>
      resolve({ stdout }),
    );
  });
}
