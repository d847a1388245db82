import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFault } from '../../../../demo/shop/faults.ts';
import { en } from '../../../../src/ops/dashboard/page/strings/en/index.js';
import { zh } from '../../../../src/ops/dashboard/page/strings/zh/index.js';
import { orderSync } from '../../../commands/helpers/cli.ts';
import { anAlertReceiver } from '../../../helpers/alert-receiver.ts';
import { aWorkplace, startDaemon } from '../../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { aShop, shopEnv } from '../../../helpers/shop.ts';
import { seriousFindings } from '../helpers/axe.ts';
import { openPage, startBrowser } from '../helpers/browser.ts';
import { aDashboard, OPERATOR_TOKEN, type RunningDashboard, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };
const PHONE: BrowserContextOptions = { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true };
const READERS = [
  ['in English, at a desk', en, { locale: 'en-GB', ...DESKTOP }],
  ['in English, on a phone', en, { locale: 'en-GB', ...PHONE }],
  ['in Chinese, at a desk', zh, { locale: 'zh-CN', ...DESKTOP }],
  ['in Chinese, on a phone', zh, { locale: 'zh-CN', ...PHONE }],
] as const;

/** Moves with Tab alone, as whoever has no mouse does. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('80 presses of Tab do not lead there.');
}

async function press(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** Nothing that a screen reader or a small screen stumbles over. */
async function expectSound(page: Page): Promise<void> {
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

async function signIn(browser: Browser, { url }: RunningDashboard, token: string, options: BrowserContextOptions) {
  const opened = await openPage(browser, url, { ...options, bypassCSP: true, reducedMotion: 'reduce' });
  await tabTo(opened.page, opened.page.locator('#token'));
  await opened.page.keyboard.type(token);
  await opened.page.keyboard.press('Enter');
  await opened.page.locator('.sign').waitFor();
  return opened;
}

/** What one person wants to know or do, from beginning to end. */
describe.skipIf(notInstalled('chromium'))('without a mouse', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test.each(READERS)('customer service finds an order, and is told to stop one: %s', async (_, words, options) => {
    const order = anOrderDocument({ orderNumber: '10088' });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('10088');
    await dashboard.daemon.line(({ outcome }) => outcome === 'synced');
    const { page, complaints } = await signIn(browser, dashboard, VIEWER_TOKEN, options);
    await page.keyboard.press('/');
    await page.keyboard.type('订单号：１００８８');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: words['answer.synced'], exact: true }).waitFor();
    expect(await page.locator('.order-name').allTextContents()).toEqual(['10088']);
    await expectSound(page);
    dashboard.shop.put({ ...order, status: 'cancelled', currency: 'nonsense' });
    await dashboard.publish('10088', 'cancelled');
    await dashboard.daemon.line(({ outcome }) => outcome === 'dead-lettered');
    // The number is selected still: once more, or the next one.
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: words['answer.uncancelled'] }).waitFor();
    expect(await page.locator('.order-card .verdict').first().textContent()).toContain(words['answer.uncancelled']);
    await expectSound(page);
    expect(complaints).toEqual([]);
  });

  test.each(READERS)('the on-call sees why nothing arrives, and replays what failed: %s', async (_, words, options) => {
    const receiver = await anAlertReceiver();
    const language = words === en ? 'en' : 'zh';
    const orders = Array.from({ length: 8 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
    const dashboard = await aDashboard(
      { orders },
      { ...TOKENS, ALERT_URL: receiver.url, ALERT_LANGUAGE: language, ALERT_OUTAGE_AFTER_MS: '1000' },
    );
    await dashboard.publish('unknown');
    await dashboard.daemon.line(({ outcome }) => outcome === 'dead-lettered');
    dashboard.shop.setFaults(() => statusFault(401));
    for (const { orderNumber } of orders) await dashboard.publish(orderNumber);
    const told = await receiver.alert('outage_began');
    expect(told.title).toMatch(language === 'en' ? /refused our credentials/ : /凭据/);
    const { page, complaints } = await signIn(browser, dashboard, OPERATOR_TOKEN, options);
    await page.locator('.sign', { hasText: words['outage.shop_refused_credentials'] }).waitFor();
    await expectSound(page);
    const { status, stdout } = await orderSync(dashboard.workplace, ['check']);
    expect({ status, stdout }).toMatchObject({
      status: 78,
      stdout: expect.stringContaining('refuses our credentials'),
    });
    dashboard.shop.setFaults(undefined);
    dashboard.shop.put(anOrderDocument({ orderNumber: 'unknown' }));
    await page.locator('.sign', { hasText: words['state.running'] }).waitFor();
    await receiver.alert('outage_ended');
    await press(page, page.locator('nav a[href="#/dead-letters"]'));
    await press(page, page.getByRole('button', { name: words['deadLetters.replay'] }).last());
    await page.locator('dialog[open]').waitFor();
    await expectSound(page);
    await press(page, page.locator('dialog[open] .primary'));
    await dashboard.daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === 'unknown');
    expect(complaints).toEqual([]);
  });

  test.each(READERS)(
    'the manager sees today, what to stop, and that nothing is missing: %s',
    async (_, words, options) => {
      const order = anOrderDocument({ orderNumber: '10088', placedAt: new Date().toISOString() });
      const dashboard = await aDashboard({ orders: [order] }, TOKENS);
      await dashboard.publish('10088');
      await dashboard.daemon.line(({ outcome }) => outcome === 'synced');
      const { page, complaints } = await signIn(browser, dashboard, VIEWER_TOKEN, options);
      await press(page, page.locator('nav a[href="#/lists"]'));
      await page.getByRole('heading', { name: words['lists.title'] }).waitFor();
      await press(page, page.getByRole('link', { name: words['list.today'], exact: true }));
      await expect.poll(() => page.locator('.order-list td.col-order').allTextContents()).toEqual(['10088']);
      await expectSound(page);
      await press(page, page.locator('nav a[href="#/reconciliation"]'));
      await page.locator('.loading').waitFor({ state: 'detached' });
      await expectSound(page);
      await press(page, page.locator('nav a[href="#/daemons"]'));
      await page.locator('.daemons tbody tr').waitFor();
      await expectSound(page);
      expect(complaints).toEqual([]);
    },
  );
});

test('the engineer finds a wrong address before the start, and then sees that the order fits and that alerts arrive', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10088' })] });
  const { SHOP_BASE_URL, ...env } = shopEnv(shop);
  const workplace = aWorkplace({ ...env, ALERT_URL: receiver.url });
  const check = async (...args: string[]) => {
    writeFileSync(join(workplace.folder, '.env'), `SHOP_BASE_URL=${SHOP_BASE_URL}${args[0]}\n`);
    return await orderSync(workplace, ['check', ...args.slice(1)]);
  };
  const wrong = await check('/wrong', '10088');
  expect(wrong.status).not.toBe(0);
  expect(wrong.stdout).toContain('/wrong/orders/10088');
  const right = await check('', '10088');
  expect(right).toMatchObject({ status: 0, stdout: expect.stringMatching(/^✓ order +10088/m) });
  expect(right.stdout).toMatch(/^– daemon +does not run here|^✓ alerts/m);
  expect(await orderSync(workplace, ['alert', '--test'])).toMatchObject({ status: 0, stderr: '' });
  expect((await receiver.alert('test')).shop).toBe('shop');
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['send', '10088']);
  await daemon.line(({ outcome }) => outcome === 'synced');
  expect((await orderSync(workplace, ['status', '１００８８'])).stdout).toContain('state       synced');
});
