import { expect, test } from 'vitest';
import { aWorkplace } from '../../helpers/daemon-process.ts';
import { orderSync } from '../helpers/cli.ts';

const BARE_SHOP = new URL('../../reconcile/helpers/bare-shop.ts', import.meta.url).pathname;

test('warns where nobody looks for orders whose event never arrived: it is off, or the shop cannot list its changes', async () => {
  const workplace = aWorkplace({ SHOP_ADAPTER: BARE_SHOP });
  const [off, impossible] = await Promise.all(
    ['0', '900000'].map((everyMs) =>
      orderSync({ ...workplace, env: { ...workplace.env, RECONCILE_EVERY_MS: everyMs } }, ['check']),
    ),
  );
  expect(off?.stdout).toContain('! RECONCILE_EVERY_MS is 0, so nobody looks for orders whose event never arrived');
  expect(off?.stdout).not.toContain('no listUpdatedSince()');
  expect(impossible?.stdout).toContain('! it has no listUpdatedSince(), so there is no reconciliation');
  expect(impossible?.stdout).not.toContain('RECONCILE_EVERY_MS');
});
