import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError } from 'commander';
import { parseExactJson } from '../../orders/exact-json.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { STDIN } from '../cli/order-references.ts';
import { print } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { recognise } from './recognise/recognise.ts';
import { report } from './report.ts';
import { adapterSource } from './write/adapter-source.ts';
import { MARK } from './write/source-text.ts';
import { testSource } from './write/test-source.ts';

interface NewAdapterOptions {
  readonly from: string;
  readonly name: string;
  readonly out: string;
}

export function defineNewAdapter(program: Command): void {
  program
    .command('new-adapter')
    .summary("write a first adapter from a sample of the shop's replies")
    .description(
      'Writes an adapter for a shop of your own, and its test, from one of its replies: an order or a list of orders, by itself ' +
        `or in an envelope. Recognises the usual fields, in English, pinyin and Chinese, and marks with ${MARK} what it cannot tell. ` +
        'Never overwrites a file.',
    )
    .requiredOption('--from <file>', 'the reply, as JSON; - reads it from stdin')
    .option('--name <name>', 'what to call the adapter', parseName, 'my-shop')
    .option('--out <folder>', 'where to write it', '.')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'The sample is copied for the test, whatever personal data it holds; nothing of that',
          'gets into the adapter.',
        ],
        examples: [
          ['order-sync new-adapter --from sample.json', 'my-shop.ts, with its test'],
          ['curl … | order-sync new-adapter --from - --name tea', 'straight from the shop'],
        ],
        exits: [
          [EXIT.ok, 'written'],
          [EXIT.failed, 'there is no order in the sample, or the files exist already'],
        ],
      }),
    )
    .action(run(newAdapter));
}

async function newAdapter({ from, name, out }: NewAdapterOptions): Promise<number> {
  const sample = await read(from);
  const recognised = recognise(parsed(sample, from));
  if (recognised === undefined) throw noOrder(from);
  const folder = resolve(out);
  const adapter = adapterSource(recognised, name, toolkitFrom(folder));
  const files: readonly (readonly [file: string, content: string])[] = [
    [`${name}.ts`, adapter],
    [`${name}.test.ts`, testSource(recognised, name)],
    [`${name}.sample.json`, sample],
  ];
  await writeNew(folder, files);
  await print(...report(recognised, name, relative('', folder), adapter), ...installation(folder));
  return EXIT.ok;
}

async function read(from: string): Promise<string> {
  const given = from === STDIN ? text(process.stdin) : readFile(from, 'utf8');
  const content = await given.catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${from} can't be read (${error.code}).`);
  });
  return content.replace(/^\uFEFF/, '');
}

/** A parser's own message would quote the sample. */
function parsed(sample: string, from: string): unknown {
  try {
    return parseExactJson(sample);
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it is not JSON';
    throw new CommandError(`${sourceName(from)} can't be used: ${why}. Save a reply of the shop's API as it came.`);
  }
}

function noOrder(from: string): CommandError {
  return new CommandError(
    `No order was recognised in ${sourceName(from)}. Expected one order, or a list of orders, with at least three of: a number, ` +
      'a status, a currency, a time of placing, a total, a recipient, lines.',
  );
}

function sourceName(from: string): string {
  return from === STDIN ? 'the input' : basename(from);
}

/** All of them or none: a person's work is never overwritten. */
async function writeNew(folder: string, files: readonly (readonly [file: string, content: string])[]): Promise<void> {
  const shown = (file: string) => relative('', join(folder, file));
  const existing = files.map(([file]) => file).filter((file) => existsSync(join(folder, file)));
  if (existing.length > 0) {
    const names = existing.map(shown).join(' and ');
    throw new CommandError(`${names} exist already, and nothing was written. Choose another --name or --out.`);
  }
  try {
    await mkdir(folder, { recursive: true });
    for (const [file, content] of files) await writeFile(join(folder, file), content, { flag: 'wx' });
  } catch (error) {
    throw new CommandError(
      `${shown('')} can't be written (${error instanceof Error && 'code' in error ? error.code : error}).`,
    );
  }
}

const PACKAGE = 'order-sync/shop';
const TOOLKIT = fileURLToPath(new URL('../../shop/toolkit/index.ts', import.meta.url));

/** In a checkout, 'order-sync/shop' would be another copy of the code than the one that runs. */
function toolkitFrom(folder: string): string {
  if (!import.meta.url.endsWith('.ts')) return PACKAGE;
  const path = relative(folder, TOOLKIT).replaceAll('\\', '/');
  return path.startsWith('.') ? path : `./${path}`;
}

/** A global installation is not found from where the adapter is. */
function installation(folder: string): string[] {
  if (toolkitFrom(folder) !== PACKAGE) return [];
  try {
    createRequire(join(folder, 'package.json')).resolve(PACKAGE);
    return [];
  } catch {
    return ['', `The adapter imports ${PACKAGE}, which is not installed in its folder yet: npm install order-sync`];
  }
}

function parseName(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected lower-case letters, digits and inner hyphens, such as my-shop.');
}
