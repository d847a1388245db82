import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/commands/cli/exit-status.ts';
import { defineOperatorCommands } from '../../src/commands/operator-commands.ts';
import { defineStart } from '../../src/commands/start.ts';
import { KNOWN_NAMES } from '../../src/config/variables.ts';
import { OUTCOMES } from '../../src/delivery/outcome.ts';
import { FAILURE_REASONS } from '../../src/errors.ts';
import { anchors, codeBlocks, DOCUMENTS, headings, prose, tableCodes, text } from './documents.ts';

const PROJECT = fileURLToPath(new URL('../../', import.meta.url));
const READMES = ['README.md', 'README.zh-CN.md'] as const;
const [ENGLISH, CHINESE] = READMES;

describe.each(DOCUMENTS.map((path) => [path]))('%s', (path) => {
  const links = [...prose(path).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  const local = links.filter((target) => !/^[a-z]+:/.test(target));

  test('its links lead to files that are there, and to headings that are in them', () => {
    const broken = local.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(PROJECT, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchors(target).includes(decodeURIComponent(anchor));
    });
    expect(broken).toEqual([]);
  });

  test('the files it names exist', () => {
    const named = [...prose(path).matchAll(/`((?:src|test|demo|chaos|bench|scripts|deploy|examples)\/[^`<\s]*)`/g)];
    expect(named.map(([, file = '']) => file).filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
  });

  test('its npm commands name scripts of the package', () => {
    const { scripts } = JSON.parse(text('package.json')) as { scripts: Record<string, string> };
    const shell = codeBlocks(path, 'sh').map(({ code }) => code);
    const inline = [...prose(path).matchAll(/`(npm [^`]+)`/g)].map(([, code = '']) => code);
    const named = [...shell, ...inline].flatMap((code) =>
      [...code.matchAll(/\bnpm (?:run (?:-s |--silent )?([\w:-]+)|(test|start)\b)/g)].map(
        (match) => match[1] ?? match[2],
      ),
    );
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
  });
});

test('every document is in the index by task', () => {
  const linked = new Set(
    [...prose('docs/README.md').matchAll(/\]\(([^)\s#]+)/g)].map(([, target = '']) => join('docs', target)),
  );
  const documents = DOCUMENTS.filter((path) => path.startsWith('docs/') && path !== 'docs/README.md');
  expect(documents.filter((path) => !linked.has(path))).toEqual([]);
});

describe('the two READMEs', () => {
  test('have the same headings', () => {
    const levels = (path: string) => headings(path).map(({ level }) => level);
    expect(levels(CHINESE)).toEqual(levels(ENGLISH));
  });

  test('have the same commands, samples and output', () => {
    const blocks = (path: string) => codeBlocks(path).filter(({ language }) => language !== 'mermaid');
    const withoutComments = (path: string) =>
      blocks(path).map(({ language, code }) => [language, code.replace(/ *(?:#|\/\/) .*$/gm, '')]);
    expect(withoutComments(CHINESE)).toEqual(withoutComments(ENGLISH));
  });

  test('have the same tables', () => {
    expect(tableCodes(CHINESE)).toEqual(tableCodes(ENGLISH));
  });

  test('lead to the same places', () => {
    const targets = (path: string) =>
      [...prose(path).matchAll(/\]\(([^)\s#]+)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !READMES.some((readme) => readme === target));
    expect(new Set(targets(CHINESE))).toEqual(new Set(targets(ENGLISH)));
  });

  test.each(READMES)('%s names the test command where CI looks for it', (path) => {
    expect(codeBlocks(path, 'sh').some(({ code }) => /^npm test$/m.test(code))).toBe(true);
  });
});

describe('the vocabulary', () => {
  const inTables = (path: string) => new Set(tableCodes(path).flat());

  test.each(READMES)('%s has every outcome and every exit status in a table', (path) => {
    expect(OUTCOMES.filter((outcome) => !inTables(path).has(outcome))).toEqual([]);
    const rows = [...prose(path).matchAll(/^\| (\d+) \|/gm)].map(([, status]) => Number(status));
    expect(rows).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });

  test.each(READMES)('%s says what to do about every reason a dead letter can have', (path) => {
    const lifeOfAMessage = text('docs/message-lifecycle.md');
    expect(FAILURE_REASONS.filter((reason) => !lifeOfAMessage.includes(`\`${reason}\``))).toEqual([]);
    const neverDead = /interrupted|broker_unavailable/;
    const dead = FAILURE_REASONS.filter((reason) => !neverDead.test(reason));
    expect(dead.filter((reason) => !inTables(path).has(reason))).toEqual([]);
  });
});

describe('the command line', () => {
  const program = new Command();
  defineStart(program);
  defineOperatorCommands(program);
  const named = DOCUMENTS.flatMap((path) => namedCommands(path).map((command) => ({ path, ...command })));

  test('has every command and every option that a document names', () => {
    expect(named.length).toBeGreaterThan(100);
    for (const { path, words, flags } of named) {
      const [name = '', sub = ''] = words;
      const command = program.commands.find((each) => each.name() === name);
      if (command === undefined && name === 'help') continue;
      expect(command, `${path}: order-sync ${name}`).toBeDefined();
      const inner = command?.commands.find((each) => each.name() === sub);
      if (command?.commands.length) expect(inner ?? sub === '', `${path}: order-sync ${name} ${sub}`).toBeTruthy();
      // An option of one of its commands may be named along with the command alone.
      const taking = inner === undefined ? [command, ...(command?.commands ?? [])] : [inner];
      const known = taking.flatMap((each) => each?.options.map(({ long }) => long) ?? []);
      expect(['--help', ...known], `${path}: order-sync ${words.join(' ')}`).toEqual(expect.arrayContaining(flags));
    }
  });
});

/** `order-sync <command>`, in a line of a code block or in backquotes, with the options that follow. */
function namedCommands(path: string): { words: string[]; flags: string[] }[] {
  const inline = [...prose(path).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  const lines = codeBlocks(path, 'sh').flatMap(({ code }) => code.split('\n'));
  return [...inline, ...lines].flatMap((code) => {
    const [whole, words] = /^(?:\$ )?order-sync ((?:[a-z][a-z-]+ ?){1,2})[^#|>]*/.exec(code) ?? [];
    if (whole === undefined || words === undefined) return [];
    return [{ words: words.trim().split(' '), flags: whole.match(/--[a-z][a-z-]*/g) ?? [] }];
  });
}

test('every setting that a document names exists', () => {
  const families = new RegExp(
    `^(?:${[...new Set(KNOWN_NAMES.map((name) => name.split('_')[0]))].join('|')})_[A-Z_]*[A-Z]$`,
  );
  // Of the example adapter, of RabbitMQ itself, and of the example endpoint in PHP.
  const known = new Set([...KNOWN_NAMES, 'SHOP_RPC_TOKEN_FILE', 'RABBITMQ_NODENAME', 'ERP_DSN']);
  const unknown = DOCUMENTS.filter((path) => path !== 'CHANGELOG.md').flatMap((path) =>
    [...prose(path).matchAll(/`([A-Z][A-Z_]+)(?:=[^`]*)?`/g)]
      .map(([, name = '']) => name)
      .filter((name) => families.test(name) && !known.has(name))
      .map((name) => `${path}: ${name}`),
  );
  expect(unknown).toEqual([]);
});

describe('docs/adapters.md', () => {
  const sources = [
    'examples/shop-adapter.ts',
    'examples/order-sink.ts',
    'examples/internal-system.ts',
    'src/shop/shop-client.ts',
    'src/internal-system/internal-system.ts',
    'src/internal-system/sink/order-sink.ts',
  ].map(text);

  test.each(codeBlocks('docs/adapters.md', 'ts').map(({ code }) => [code.split('\n')[0], code]))(
    'shows code that is in the examples or the ports: %s',
    (_, code) => {
      expect(sources.some((source) => source.includes(code))).toBe(true);
    },
  );
});
