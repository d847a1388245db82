import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EXIT } from '../../src/commands/cli/exit-status.ts';
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
  const help = (...command: string[]) =>
    spawnSync(process.execPath, ['src/main.ts', 'help', ...command], { cwd: PROJECT, encoding: 'utf8' }).stdout;
  const commandsOf = (shown: string) => [...shown.matchAll(/^ {2}([a-z][a-z-]*)(?= )/gm)].map(([, name = '']) => name);

  test('has every command that a document names', () => {
    const known = commandsOf(help());
    const knownOfDeadLetters = commandsOf(help('dead-letters'));
    for (const path of DOCUMENTS) {
      for (const [command = '', sub] of namedCommands(path)) {
        expect(known, `${path}: order-sync ${command}`).toContain(command);
        if (sub !== undefined) expect(knownOfDeadLetters, `${path}: order-sync ${command} ${sub}`).toContain(sub);
      }
    }
  });
});

/** `order-sync <command>`, in a line of a code block or in backquotes; for dead-letters with what follows. */
function namedCommands(path: string): (string | undefined)[][] {
  const inline = [...prose(path).matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
  const lines = codeBlocks(path, 'sh').flatMap(({ code }) => code.split('\n'));
  return [...inline, ...lines].flatMap((code) => {
    const [, command, sub] = /^(?:\$ )?order-sync ([a-z][a-z-]+)(?: ([a-z]+))?/.exec(code) ?? [];
    if (command === undefined) return [];
    return [[command, command === 'dead-letters' ? sub : undefined]];
  });
}

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
