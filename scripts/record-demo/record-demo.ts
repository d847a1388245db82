import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Chunk, screenLines } from './screen-lines.ts';
import { animatedSvg } from './svg.ts';

/**
 * Records `npm run demo` in a terminal, as docs/images/demo.svg: the picture in the README. Needs `script` of util-linux.
 *
 * usage: npx node scripts/record-demo/record-demo.ts
 */
const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const PICTURE = join(PROJECT, 'docs/images/demo.svg');
const COMMAND = 'npm run demo';
const COLUMNS = 112;
/** Longer waits are cut to this. */
const MAX_WAIT_MS = 700;

const folder = mkdtempSync(join(tmpdir(), 'order-sync-recording-'));
try {
  const lines = screenLines(record(), COLUMNS);
  writeFileSync(PICTURE, animatedSvg(lines, { command: COMMAND, columns: COLUMNS }));
} finally {
  rmSync(folder, { recursive: true });
}

/** What the command wrote to its terminal, and when. */
function record(): Chunk[] {
  const [output, timing] = [join(folder, 'output'), join(folder, 'timing')];
  const files = ['--log-out', output, '--log-timing', timing, '--logging-format', 'classic'];
  execFileSync('script', ['--quiet', '--return', '--command', `stty cols ${COLUMNS}; ${COMMAND}`, ...files], {
    cwd: PROJECT,
    stdio: ['ignore', 'ignore', 'inherit'],
    // The colours of a plain terminal, whatever this one has.
    env: { ...process.env, TERM: 'xterm-256color', NO_COLOR: undefined, FORCE_COLOR: undefined },
  });
  // The first line is script's own.
  const bytes = readFileSync(output);
  let offset = bytes.indexOf('\n') + 1;
  let ms = 0;
  return readFileSync(timing, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [seconds = 0, length = 0] = line.split(' ').map(Number);
      ms += Math.min(seconds * 1000, MAX_WAIT_MS);
      const chunk = { ms, bytes: bytes.subarray(offset, offset + length) };
      offset += length;
      return chunk;
    });
}
