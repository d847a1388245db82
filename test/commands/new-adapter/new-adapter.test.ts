import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MARK } from '../../../src/commands/new-adapter/write/source-text.ts';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { orderSync } from '../helpers/cli.ts';

const sample = readFileSync(new URL('samples/chinese.json', import.meta.url), 'utf8');

test('new-adapter writes an adapter, its test and the sample, and says what to do next', async () => {
  const { folder } = aWorkplace();
  const workplace = { folder, env: { PATH: '' } };
  writeFileSync(join(folder, 'sample.json'), sample);
  const { status, stdout, stderr } = await orderSync(workplace, ['new-adapter', '--from', 'sample.json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Recognised \d+ fields of 1 order in 数据\. Written:\n\n {2}my-shop\.ts +the adapter, with \d [A-Z]+s/,
  );
  expect(stdout).toContain("the buyer's data as it was given");
  expect(stdout).toMatch(/SHOP_ADAPTER=\.\/my-shop\.ts.*\n.*order-sync test-adapter.*\n.*order-sync check/);
  expect(stdout).not.toContain('王小明');
  expect(readFileSync(join(folder, 'my-shop.sample.json'), 'utf8')).toBe(sample);
  const written = readFileSync(join(folder, 'my-shop.ts'), 'utf8');
  expect(written).toContain('src/shop/toolkit/index.ts');
  expect(written).not.toContain('王小明');

  const again = await orderSync(workplace, ['new-adapter', '--from', 'sample.json']);
  expect(again).toMatchObject({ status: 1, stdout: '' });
  expect(again.stderr).toContain(
    'my-shop.ts and my-shop.test.ts and my-shop.sample.json exist already, and nothing was written',
  );
  expect(readFileSync(join(folder, 'my-shop.ts'), 'utf8')).toBe(written);
});

test('the sample may come from stdin, and the adapter go elsewhere under another name', async () => {
  const { folder } = aWorkplace();
  const args = ['new-adapter', '--from', '-', '--name', 'teahouse', '--out', 'adapters'];
  const { status, stdout } = await orderSync({ folder, env: { PATH: '' } }, args, { stdin: `\uFEFF${sample}` });
  expect(status).toBe(0);
  expect(stdout).toContain('SHOP_ADAPTER=./adapters/teahouse.ts');
  expect(readdirSync(join(folder, 'adapters')).sort()).toEqual([
    'teahouse.sample.json',
    'teahouse.test.ts',
    'teahouse.ts',
  ]);
});

test.each([
  ['no order', '{"code":0,"data":[]}', 1, 'No order was recognised in the input. Expected one order'],
  ['no JSON', '<html>王小明</html>', 1, "the input can't be used: it is not JSON"],
])('a sample with %s is refused, and nothing is written', async (_, stdin, expected, message) => {
  const { folder } = aWorkplace();
  const before = readdirSync(folder);
  const { status, stdout, stderr } = await orderSync({ folder, env: { PATH: '' } }, ['new-adapter', '--from', '-'], {
    stdin,
  });
  expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain('王小明');
  expect(readdirSync(folder)).toEqual(before);
});

test('what every order needs and the sample does not have is said at once', async () => {
  const { folder } = aWorkplace();
  const stdin = '{"status":"paid","currency":"EUR","lines":[{"sku":"TEA","qty":1}],"consignee":"Li","weight":3}';
  const { status, stdout } = await orderSync({ folder, env: { PATH: '' } }, ['new-adapter', '--from', '-'], { stdin });
  expect(status).toBe(0);
  expect(stdout).toContain(
    'Needed, and not recognised: a number or an id, the time it was placed, the total. Until then the test fails.',
  );
  expect(stdout).toContain('Not read: weight.');
  expect(readFileSync(join(folder, 'my-shop.ts'), 'utf8')).toContain(`// ${MARK}: which field names the order?`);
});

test('a file that is not there and a name that is none are said so', async () => {
  const { folder } = aWorkplace();
  const absent = await orderSync({ folder, env: { PATH: '' } }, ['new-adapter', '--from', 'absent.json']);
  expect(absent).toMatchObject({ status: 1, stderr: expect.stringContaining("absent.json can't be read (ENOENT).") });
  const named = await orderSync({ folder, env: { PATH: '' } }, ['new-adapter', '--from', '-', '--name', '../x']);
  expect(named).toMatchObject({ status: 64, stderr: expect.stringContaining('Expected lower-case letters') });
});
