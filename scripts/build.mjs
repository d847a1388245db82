/**
 * Builds dist/, or the folder given, from scratch: the content of the package and the container image.
 *
 * The program is bundled, in chunks: loading a few large files takes a third less CPU time than hundreds of small ones. What
 * every start of the daemon loads is in two of them. What the package exports shares one of them with it, so that a SyncError that an
 * adapter throws is the daemon's own.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const project = fileURLToPath(new URL('..', import.meta.url));
const compiler = join(project, 'node_modules/typescript/bin/tsc');
const dist = resolve(process.argv[2] ?? join(project, 'dist'));

/** File in dist/ → source. Whatever else the program needs is in chunks beside main.js, from where it also finds its files. */
const ENTRIES = {
  main: 'src/main.ts',
  index: 'src/index.ts',
  'shop/toolkit/index': 'src/shop/toolkit/index.ts',
  'internal-system/mapping/index': 'src/internal-system/mapping/index.ts',
  'internal-system/erp/index': 'src/internal-system/erp/index.ts',
  courier: 'src/commands/test-adapter/sink/courier.ts',
};

/**
 * amqplib is patched where it is installed. OpenTelemetry's instrumentation patches it and the databases' drivers as they are
 * loaded, and its API must be the one that is installed.
 */
const FROM_NODE_MODULES = /^(?:amqplib|pg|mysql2|@opentelemetry\/api)(?:\/|$)/;

/** What main.js loads on a Node that is new enough. */
const PROGRAM = join(project, 'src/program.ts');
/** What it loads where the internal system is a database. */
const SQL = join(project, 'src/internal-system/sql/sql-internal-system.ts');
/** What adapters import, without a daemon too: in their own tests. */
const EXPORTED = Object.entries(ENTRIES)
  .filter(([name]) => basename(name) === 'index')
  .map(([, source]) => join(project, source));

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', dist], {
  cwd: project,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
const byImporters = await bundle({ write: false });
const atEachStart = modulesLoadedBy([PROGRAM], byImporters);
// Importing it runs it: it is no part of a chunk that others share.
atEachStart.delete(PROGRAM);
const exported = modulesLoadedBy(EXPORTED, byImporters);
const withSql = modulesLoadedBy([SQL], byImporters);
await bundle({
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [
      { name: 'common', test: (id) => atEachStart.has(id) && exported.has(id) },
      { name: 'daemon', test: (id) => atEachStart.has(id) },
      { name: 'sql', test: (id) => withSql.has(id) },
    ],
  },
});
for (const file of readdirSync(dist).filter((name) => extname(name) === '.js')) {
  const path = join(dist, file);
  writeFileSync(path, inAscii(readFileSync(path, 'utf8')));
}
chmodSync(join(dist, 'main.js'), 0o755);
// The web page is served as it is written.
cpSync(join(project, 'src/ops/dashboard/page'), join(dist, 'page'), {
  recursive: true,
  filter: (file) => extname(file) !== '.json',
});

/**
 * @param {{ write?: boolean, codeSplitting?: import('rolldown').OutputOptions['codeSplitting'] }} options by default, modules are in
 *   chunks by who imports them
 * @returns {Promise<import('rolldown').OutputChunk[]>}
 */
async function bundle({ write = true, codeSplitting = true }) {
  const { output } = await build({
    cwd: project,
    input: ENTRIES,
    platform: 'node',
    external: FROM_NODE_MODULES,
    // What groups of modules require. No entry is imported by another, so none is given more exports.
    preserveEntrySignatures: 'allow-extension',
    write,
    onwarn(warning) {
      throw new Error(warning.message);
    },
    output: {
      dir: dist,
      format: 'esm',
      chunkFileNames: '[name]-[hash].js',
      codeSplitting,
      // V8 keeps the text of what it runs: comments would be read at each start, and stay in memory.
      comments: { legal: true, annotation: false, jsdoc: false },
    },
  });
  return output.flatMap((file) => (file.type === 'chunk' ? [file] : []));
}

/**
 * @param {readonly string[]} modules
 * @param {readonly import('rolldown').OutputChunk[]} chunks
 * @returns {Set<string>} the modules that are loaded with one of these, but for those that are imported later
 */
function modulesLoadedBy(modules, chunks) {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set(chunks.filter(({ moduleIds }) => modules.some((id) => moduleIds.includes(id))));
  if (loaded.size === 0) throw new Error(`These are in no chunk: ${modules.join(', ')}.`);
  for (const { imports } of loaded) {
    for (const name of imports) {
      const chunk = byName.get(name);
      if (chunk !== undefined) loaded.add(chunk);
    }
  }
  return new Set([...loaded].flatMap(({ moduleIds }) => moduleIds));
}

/**
 * One character beyond Latin-1 doubles what the text takes in memory. An escape means the same in strings, templates, patterns
 * and names, which is all that is left.
 *
 * @param {string} code
 */
function inAscii(code) {
  const escaped = /(?<!\\)(?:\\\\)*\\[^\0-\x7f]/.exec(code);
  if (escaped !== null) throw new Error(`A backslash before "${escaped[0]}" would change its meaning.`);
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
