import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));

/** A clone with the project's scripts, a changelog for 0.2.0, and an upstream of its own. */
let clone = '';
let upstream = '';

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-release-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  upstream = join(folder, 'upstream');
  clone = join(folder, 'clone');
  execFileSync('git', ['init', '--quiet', '--initial-branch=main', upstream]);
  cpSync(join(PROJECT, 'scripts'), join(upstream, 'scripts'), { recursive: true });
  writeFileSync(join(upstream, 'CHANGELOG.md'), '# Changelog\n\n## [0.2.0] - 2026-12-24\n');
  writeFileSync(join(upstream, 'package.json'), '{ "type": "module" }\n');
  commit(upstream);
  execFileSync('git', ['clone', '--quiet', upstream, clone]);
});

describe('before a release', () => {
  test('all is well on main, up to date, with a section in the changelog', () => {
    expect(checkRelease('0.2.0')).toEqual({ status: 0, stderr: '' });
  });

  test('a version that the changelog does not have is refused', () => {
    expect(checkRelease('0.3.0')).toEqual({ status: 1, stderr: expect.stringContaining('no section for 0.3.0') });
  });

  test('another branch is refused', () => {
    execFileSync('git', ['switch', '--quiet', '--create', 'other'], { cwd: clone });
    expect(checkRelease('0.2.0')).toEqual({
      status: 1,
      stderr: 'release: this is branch "other"; releases are made on main\n',
    });
  });

  test('a main that is behind its upstream is refused, as the tag could not be pushed with it', () => {
    appendFileSync(join(upstream, 'CHANGELOG.md'), '\n* A change.\n');
    commit(upstream);
    expect(checkRelease('0.2.0')).toEqual({ status: 1, stderr: expect.stringContaining('run git pull first') });
  });
});

function checkRelease(version: string) {
  const env = { ...process.env, npm_new_version: version };
  const script = join(clone, 'scripts/check-release.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env });
  return { status, stderr };
}

function commit(repository: string): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@localhost'];
  execFileSync('git', ['add', '--all'], { cwd: repository });
  execFileSync('git', [...identity, 'commit', '--quiet', '--no-gpg-sign', '--message=test'], { cwd: repository });
}
