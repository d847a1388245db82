import { expect, test } from 'vitest';
import { aWorkplace } from '../../../helpers/daemon-process.ts';
import { aStandInErp, type StandInErp } from '../../../helpers/stand-in-erp.ts';
import { orderSync } from '../../helpers/cli.ts';

const QUICK = new URL('../../../helpers/quick-sink.ts', import.meta.url).pathname;

function workplaceOf(erp: StandInErp, env: Record<string, string> = {}) {
  return aWorkplace({ INTERNAL_SYSTEM: QUICK, ...erp.env, ...env });
}

test('test-adapter asks the ERP where only a sink is configured, and writes nothing', async () => {
  const erp = await aStandInErp();
  const { status, stdout, stderr } = await orderSync(workplaceOf(erp), ['test-adapter']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/^✓ check +check\(\) passes$/m);
  expect(stdout).toMatch(
    /^– deliveries +Nothing was written\. With --write, order-sync writes orders named ORDER-SYNC-TEST-…/m,
  );
  expect(erp.writes).toEqual([]);
});

test('with --write, many orders come through two daemons that are killed and an ERP in trouble: none lost, doubled, wrong or set back', {
  timeout: 180_000,
}, async () => {
  const erp = await aStandInErp({ requestMs: 4 });
  const workplace = workplaceOf(erp, { SHOP_BASE_URL: 'http://shop.invalid' });
  const args = ['test-adapter', '--write', '--orders', '12', '--sku', 'TEA', '--currency', 'EUR', '--json'];
  const { status, stdout, stderr } = await orderSync(workplace, args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const report = JSON.parse(stdout);
  const check = (name: string) => report.checks.find((found: { name: string }) => found.name === name)?.findings;
  expect(check('many orders')).toEqual([
    { verdict: 'ok', message: expect.stringMatching(/^12 orders in \d+ events, .* of which \d+ were killed/) },
  ]);
  expect(check('clean-up')).toMatchObject([{ verdict: 'ok' }]);
  for (const order of erp.orders.values()) expect(order).toMatchObject({ currency: 'EUR', items: [{ sku: 'TEA' }] });
  expect([...erp.orders.values()].filter(({ cancelled }) => !cancelled)).toHaveLength(1);
});

test('an ERP that refuses the token is 78, as is a setting that is missing, and another internal system is no sink', async () => {
  const erp = await aStandInErp();
  const refused = workplaceOf(erp, { ERP_TOKEN: 'another' });
  expect(await orderSync(refused, ['test-adapter', '--sink'])).toMatchObject({ status: 78, stdout: '' });
  const unset = workplaceOf(erp, { ERP_URL: '' });
  expect(await orderSync(unset, ['test-adapter', '--sink'])).toMatchObject({ status: 78, stdout: '' });
  const database = await orderSync(aWorkplace(), ['test-adapter', '--sink']);
  expect(database).toMatchObject({ status: 78, stdout: '' });
  expect(database.stderr).toContain('order sink');
});
