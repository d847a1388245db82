/**
 * Runs before `npm version` changes anything: a release is made on an up-to-date main, and CHANGELOG.md says what is in it. npm
 * itself refuses a working tree with changes.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { inProject } from './setup/project.mjs';

const version = process.env['npm_new_version'] ?? '';
const changelog = readFileSync(inProject('CHANGELOG.md'), 'utf8');
const today = new Date().toISOString().slice(0, 10);
const branch = git('branch', '--show-current');
git('fetch', '--quiet');
const missingCommits = Number(git('rev-list', '--count', 'HEAD..@{upstream}'));

const problems = [
  version === '' && 'no version was given; expected for example: npm run release -- 0.2.0',
  branch !== 'main' && `this is branch "${branch}"; releases are made on main`,
  missingCommits > 0 && `this main lacks ${missingCommits} of its upstream's commits; run git pull first`,
  version !== '' &&
    !changelog.includes(`\n## [${version}] - `) &&
    `CHANGELOG.md has no section for ${version}; expected a heading "## [${version}] - ${today}"`,
].filter((problem) => problem !== false);
for (const problem of problems) process.stderr.write(`release: ${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

/** @param {string[]} args */
function git(...args) {
  return spawnSync('git', args, { encoding: 'utf8', cwd: inProject() }).stdout.trim();
}
