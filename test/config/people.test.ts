import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

const OPS_PORT = '9464';
const hash = (token: string) => `sha256:${createHash('sha256').update(token).digest('hex')}`;
const [LI, WANG] = [hash('the token of li.wei'), hash('the token of wang.fang')];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-people-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function aFile(content: string | Uint8Array): string {
  const path = join(folder, 'people.txt');
  writeFileSync(path, content);
  return path;
}

describe('OPS_TOKENS_FILE', () => {
  test('names people, with a role and the hash of a token each', () => {
    const content = `\uFEFF# the shift\r\n\r\n  li.wei\toperator   ${LI}  \r\n王芳@example.com viewer ${WANG.toUpperCase().replace('SHA', 'sha')}\n`;
    const { ops } = configOf({ OPS_PORT, OPS_TOKENS_FILE: aFile(content) });
    expect(ops?.people?.people.map(({ name, role, digest }) => [name, role, digest.toString('hex')])).toEqual([
      ['li.wei', 'operator', LI.slice(7)],
      ['王芳@example.com', 'viewer', WANG.slice(7)],
    ]);
  });

  test('may give somebody two tokens, while the one takes the place of the other', () => {
    const file = aFile(`li.wei operator ${LI}\nli.wei operator ${WANG}`);
    expect(configOf({ OPS_PORT, OPS_TOKENS_FILE: file }).ops?.people?.people).toHaveLength(2);
  });

  test.each([
    ['li.wei operator the-very-secret-token', 'what stands behind li.wei operator is not the hash of a token'],
    ['li.wei operator sha256:the-very-secret-token', 'what stands behind li.wei operator is not the hash of a token'],
    [`li.wei operator ${LI} the-very-secret-token`, 'what stands behind li.wei operator is not the hash of a token'],
    ['li.wei operator', 'what stands behind li.wei operator is not the hash of a token'],
    [`li.wei ${LI}`, 'no role after the name li.wei'],
    [`li.wei Operator ${LI}`, 'no role after the name li.wei'],
    [`li.wei admin ${LI}`, 'no role after the name li.wei'],
    [`operator ${LI}`, 'the name is that of a role'],
    [`viewer viewer ${LI}`, 'the name is that of a role'],
    ['the-very-secret-token!', 'its first word is no name'],
    [`li;wei operator ${LI}`, 'its first word is no name'],
    [`wang.fang viewer ${WANG}\nli.wei operator ${WANG}`, 'li.wei has the token of wang.fang'],
    [`wang.fang viewer ${WANG}\nwang.fang operator ${LI}`, 'wang.fang has another role on a line before'],
  ])('%j is a mistake, told with its line and without a token', (content, found) => {
    const file = aFile(`# people\n${content}\n`);
    const problems = problemsOf(anEnvironment({ OPS_PORT, OPS_TOKENS_FILE: file }));
    const line = content.includes('\n') ? 3 : 2;
    expect(problems).toEqual([
      expect.stringContaining(`OPS_TOKENS_FILE: line ${line} of "${file}": ${found}; expected `),
    ]);
    expect(problems.join()).not.toMatch(/secret-token|[0-9a-f]{20}/);
  });

  test.each([
    ['', 'nobody stands in the file'],
    ['# nobody yet\n', 'nobody stands in the file'],
    [Buffer.from([0xff, 0xfe]), 'cannot be read'],
  ])('%j has nobody', (content, found) => {
    const problems = problemsOf(anEnvironment({ OPS_PORT, OPS_TOKENS_FILE: aFile(content) }));
    expect(problems).toEqual([expect.stringContaining(found)]);
  });

  test('holds no secret called OPS_TOKENS, and neither takes the other for its own', () => {
    const file = aFile(`li.wei operator ${LI}\n`);
    const { env } = loadConfig(anEnvironment({ OPS_PORT, OPS_TOKENS_FILE: file, SHOP_ADAPTER: './shop.ts' }));
    expect(Object.getOwnPropertyDescriptor(env, 'OPS_TOKENS')).toBeUndefined();
    expect(problemsOf(anEnvironment({ OPS_PORT, OPS_TOKEN_FILE: file }))).toEqual([
      'OPS_TOKEN: found a value that is not shown here; expected at least 16 visible ASCII characters without spaces.',
    ]);
    expect(problemsOf(anEnvironment({ OPS_PORT, OPS_TOKENS: 'x' }))).toEqual([
      'OPS_TOKENS: there is no such variable. Did you mean OPS_TOKEN?',
    ]);
  });

  test('lets the port be reached from elsewhere, and a viewer have a token beside it', () => {
    const file = aFile(`li.wei operator ${LI}\n`);
    const others = { OPS_HOST: '0.0.0.0', OPS_VIEWER_TOKEN: 'v'.repeat(16) };
    expect(problemsOf(anEnvironment({ OPS_PORT, OPS_TOKENS_FILE: file, ...others }))).toEqual([]);
  });
});

describe('OPS_TRUSTED_USER_HEADER', () => {
  const proxy = { OPS_PORT, OPS_TRUSTED_USER_HEADER: 'X-Forwarded-User', OPS_PROXY_SECRET: 'p'.repeat(16) };

  test('comes with the secret by which the proxy proves itself, and with the names of the operators', () => {
    expect(configOf({ ...proxy, OPS_OPERATORS: 'li.wei, 王芳@example.com' }).ops?.proxy).toEqual({
      userHeader: 'X-Forwarded-User',
      secret: 'p'.repeat(16),
      operators: ['li.wei', '王芳@example.com'],
    });
    expect(configOf(proxy).ops?.proxy?.operators).toEqual([]);
    expect(problemsOf(anEnvironment({ ...proxy, OPS_HOST: '0.0.0.0' }))).toEqual([]);
  });

  test.each([
    [{ OPS_PROXY_SECRET: undefined }, /^OPS_PROXY_SECRET: not set although OPS_TRUSTED_USER_HEADER is; /],
    [{ OPS_TRUSTED_USER_HEADER: undefined }, /^OPS_TRUSTED_USER_HEADER: not set although OPS_PROXY_SECRET is; /],
    [{ OPS_TRUSTED_USER_HEADER: 'Cookie' }, /^OPS_TRUSTED_USER_HEADER: Cookie holds a secret; /],
    [{ OPS_TRUSTED_USER_HEADER: 'x-order-sync-proxy-secret' }, /^OPS_TRUSTED_USER_HEADER: .* holds a secret; /],
    [{ OPS_TRUSTED_USER_HEADER: 'X Forwarded' }, /^OPS_TRUSTED_USER_HEADER: found "X Forwarded"; /],
    [{ OPS_OPERATORS: 'li.wei;wang.fang' }, /^OPS_OPERATORS: found "li.wei;wang.fang"; expected names between commas/],
    [{ OPS_OPERATORS: 'li.wei,,wang' }, /^OPS_OPERATORS: /],
  ])('%j is a mistake', (changes, problem) => {
    expect(problemsOf(anEnvironment({ ...proxy, ...changes }))[0]).toMatch(problem);
  });
});
