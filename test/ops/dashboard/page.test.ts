import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import { startDaemon } from '../../helpers/daemon-process.ts';
import { storedOrders } from '../../helpers/internal-database.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { notInstalled } from '../../helpers/servers/installed.ts';
import { openDashboard, openPage, startBrowser } from './helpers/browser.ts';
import { aDashboard, TOKENS, VIEWER_TOKEN } from './helpers/dashboard.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

describe.skipIf(notInstalled('chromium'))('the page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('an order appears as it arrives, without a reload, and a click says where it is', async () => {
    const orders = [anOrderDocument({ orderNumber: '10086', shopOrderId: '98231' })];
    const dashboard = await aDashboard({ orders }, TOKENS);
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.getByText('No order has come yet').waitFor();
    await dashboard.publish('10086');
    const row = page.locator('.delivery').filter({ hasText: '10086' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/paid.*arrived.*ms$/);
    await expect
      .poll(() => page.locator('.figure', { hasText: 'Orders, last hour' }).locator('.value').textContent())
      .toBe('1');
    await row.getByRole('link').click();
    await page.getByText('The internal system has had it since').waitFor();
    expect(await page.locator('.step.is-done strong').allTextContents()).toEqual([
      'Received',
      'Fetched from the shop',
      'Written',
      'Acknowledged',
    ]);
    expect(await page.locator('.step time').count()).toBe(4);
    expect(await page.locator('.order-card').textContent()).toContain('龙井茶 250g');
    expect(complaints).toEqual([]);
  });

  test('the search finds an order by its number and by the shop’s id, and says when one was never seen', async () => {
    const orders = [anOrderDocument({ orderNumber: '20261122000123456789', shopOrderId: '98231' })];
    const dashboard = await aDashboard({ orders: [...orders, anOrderDocument({ orderNumber: 'never-sent' })] }, TOKENS);
    await dashboard.publish('20261122000123456789');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard);
    await page.keyboard.press('/');
    const input = page.getByLabel('Order number or the shop’s id');
    for (const name of ['20261122000123456789', '98231']) {
      await input.fill(name);
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.order-name').textContent()).toBe('20261122000123456789');
    }
    await input.fill('never-sent');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Never seen' }).waitFor();
    await page.getByRole('button', { name: 'Fetch it from the shop now' }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(storedOrders(dashboard.workplace.database)).toHaveLength(2);
    await input.fill('no number!');
    await page.keyboard.press('Enter');
    await page.getByText('An order number has 1 to 64').waitFor();
  });

  test('an order cancelled after picking began says so before anything else', async () => {
    const order = anOrderDocument({ orderNumber: '10086' });
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { DatabaseSync } = await import('node:sqlite');
    const staff = new DatabaseSync(dashboard.workplace.database, { timeout: 5_000 });
    staff.exec("UPDATE orders SET fulfilment_status = 'picking'");
    staff.close();
    const later = '2026-11-22T09:00:00Z';
    dashboard.shop.put({ ...order, status: 'cancelled', cancelledAt: later, updatedAt: later });
    await dashboard.publish('10086', 'cancelled');
    await dashboard.daemon.line((line) => line['conflict'] === true);
    const { page } = await openDashboard(browser, dashboard);
    expect(await page.locator('.delivery').first().textContent()).toContain('stop the parcel');
    await page.goto(`${dashboard.url}#/orders/10086`);
    expect(await page.locator('.verdict').first().textContent()).toContain(
      'Cancelled after picking began: stop the parcel.',
    );
    expect(await page.locator('.order-card').textContent()).toContain('It is cancelled.');
    expect(await page.locator('.order-card').textContent()).not.toContain('To be shipped');
  });

  test('a dead letter is replayed after asking, and becomes synced; the log says who did it', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.getByRole('link', { name: /^Dead deadLetters/ }).click();
    await page.getByRole('heading', { name: /The shop does not know this order/ }).waitFor();
    await page.getByText('Look it up in the shop.').waitFor();
    await page.getByRole('button', { name: 'Show: 10086' }).click();
    await page.getByText('{"orderNumber":"10086","event":"paid"}').waitFor();
    dashboard.shop.put(anOrderDocument({ orderNumber: '10086' }));
    await page.getByRole('button', { name: 'Replay: 10086' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);
    await page.getByRole('button', { name: 'Replay: 10086' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('1 dead letter replayed.').waitFor();
    await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    expect(storedOrders(dashboard.workplace.database)).toMatchObject([{ order_number: '10086' }]);
    const audit = await dashboard.daemon.line((line) => line['audit'] === 'replayed');
    expect(audit).toMatchObject({ level: 'warn', role: 'operator', address: '127.0.0.1', done: 1, orders: ['10086'] });
    expect(complaints).toEqual([]);
  });

  test('a group is discarded after asking, and the others stay', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    for (const garbage of ['null', '{}']) await dashboard.bystander.publish(dashboard.workplace.queue, garbage);
    await dashboard.publish('10086');
    await expect.poll(() => dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(3);
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/dead-letters`);
    const group = page.locator('.group', { hasText: 'The message names no order' });
    await group.getByRole('button', { name: 'Discard all 2' }).click();
    await page.getByRole('heading', { name: 'Discard 2 dead letters for good?' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('2 dead letters discarded.').waitFor();
    await expect.poll(() => page.locator('.group').count()).toBe(1);
    await expect.poll(() => dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);
  });

  test('a viewer sees no personal data and no buttons that act', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.publish('gone');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard, { token: VIEWER_TOKEN });
    await page.goto(`${dashboard.url}#/orders/10086`);
    await page.locator('.hidden-value').first().waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/王小明|xiaoming|138 0000|文三路|周末/);
    expect(await page.getByRole('button', { name: 'Fetch it' }).count()).toBe(0);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByText('To replay or discard, sign in with OPS_TOKEN').waitFor();
    expect(await page.getByRole('button', { name: /Replay|Discard/ }).count()).toBe(0);
  });

  test('an outage is shown at once, with the dependency, and its end too', async () => {
    const orders = [anOrderDocument({ orderNumber: '10086' })];
    const dashboard = await aDashboard({ orders, faults: () => statusFault(401) }, TOKENS);
    const { page } = await openDashboard(browser, dashboard);
    await page.getByText('Running', { exact: true }).waitFor();
    await dashboard.publish('10086');
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.locator('.sign').getByText('The shop is down for everyone: The shop refuses our token').waitFor();
    dashboard.shop.setFaults(undefined);
    await page.getByText('Running', { exact: true }).waitFor();
    await page.locator('.delivery.is-synced').waitFor();
  });

  test('a lost connection is said, and heals by itself with everything that came meanwhile', async () => {
    const orders = ['first', 'meanwhile', 'afterwards'].map((orderNumber) => anOrderDocument({ orderNumber }));
    const dashboard = await aDashboard({ orders }, TOKENS);
    const { page } = await openDashboard(browser, dashboard);
    await dashboard.publish('first');
    await page.locator('.delivery', { hasText: 'first' }).waitFor();
    dashboard.daemon.signal('SIGKILL');
    await page.getByText('Connection lost.').waitFor();
    await dashboard.publish('meanwhile');
    const again = startDaemon(dashboard.workplace);
    await again.ready();
    // Its session outlives the daemon that began it.
    await page.locator('.delivery', { hasText: 'meanwhile' }).waitFor();
    await expect.poll(() => page.locator('.banner').isVisible()).toBe(false);
    await page.locator('.delivery', { hasText: 'first' }).waitFor();
    await dashboard.publish('afterwards');
    await page.locator('.delivery', { hasText: 'afterwards' }).waitFor();
  });

  test('reconciliation is run from here, and finds the order whose event never came', async () => {
    const now = new Date(Date.now() - 600_000).toISOString();
    const orders = [anOrderDocument({ orderNumber: 'silent', placedAt: now, paidAt: now, updatedAt: now })];
    const dashboard = await aDashboard({ orders }, TOKENS);
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/reconciliation`);
    const deep = page.locator('.group', { hasText: 'Everything of a week' });
    await deep.getByText('It has not run yet.').waitFor();
    await deep.getByRole('button', { name: 'Run now' }).click();
    await deep.getByText('1 order was behind; its event is published now').waitFor();
    await deep.getByRole('link', { name: 'silent' }).waitFor();
    expect(await deep.locator('.differ').count()).toBe(1);
    await expect.poll(() => storedOrders(dashboard.workplace.database)).toMatchObject([{ order_number: 'silent' }]);
    await deep.getByRole('button', { name: 'Run now' }).click();
    await deep.getByText('Shop and internal system agree').waitFor();
    expect(await deep.locator('.same').count()).toBe(1);
  });

  test('reads well in Chinese for a Chinese browser, and switches to English and back', async () => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard, { locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.locator('.sign').getByText('运行中').waitFor();
    expect(await page.locator('.delivery').first().textContent()).toMatch(/已入库/);
    expect(await page.locator('footer').textContent()).toContain('时间均为 Asia/Shanghai (GMT+8)');
    for (const section of ['now', 'orders/10086', 'orders/unknown', 'dead-letters', 'reconciliation']) {
      await page.goto(`${dashboard.url}#/${section}`);
      await page.locator('.loading').waitFor({ state: 'detached' });
      expect(await englishWords(page), section).toEqual([]);
    }
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '对账', exact: true }).waitFor();
  });

  test.each([
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true }],
  ] as const)('axe finds nothing serious, nothing is wider than the screen: %s', async (_, options) => {
    const dashboard = await aDashboard({ orders: [anOrderDocument({ orderNumber: '10086' })] }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.publish('gone');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const opened = await openPage(browser, dashboard.url, { ...options, bypassCSP: true, reducedMotion: 'reduce' });
    const { page } = opened;
    await page.locator('#token').waitFor();
    expect(await seriousFindings(page), 'sign-in').toEqual([]);
    await page.locator('#token').fill(TOKENS.OPS_TOKEN);
    await page.keyboard.press('Enter');
    await page.locator('.delivery').first().waitFor();
    for (const section of [
      'now',
      'wall',
      'orders/10086',
      'orders/gone',
      'orders/unknown',
      'dead-letters',
      'reconciliation',
    ]) {
      await page.goto(`${dashboard.url}#/${section}`);
      await page.locator('.loading').waitFor({ state: 'detached' });
      if (section === 'dead-letters') {
        await page.getByRole('button', { name: 'Show: gone' }).click();
        await page.locator('.details pre').waitFor();
      }
      expect(await seriousFindings(page), section).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), section).toBeLessThanOrEqual(0);
    }
  });
});

/** Words that nobody translated. Names of things and of people's own stay as they are. */
async function englishWords(page: Page): Promise<string[]> {
  const [text = ''] = await page.locator('body').allInnerTexts();
  const names =
    /order-sync|English|RabbitMQ|OPS_TOKEN|Asia\/Shanghai|GMT|UTC|CNY|TEA-LJ-250|CUP-01|Glass cup “Śląsk”|alipay|xiaoming@example\.com|unknown|shop|test\.\w+|new\b|\bCN\b|RECONCILE\w+/g;
  return text.replace(names, '').match(/[A-Za-z]{3,}/g) ?? [];
}

async function seriousFindings(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  return await page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: { run: () => Promise<{ violations: Violation[] }> } }).axe;
    interface Violation {
      readonly id: string;
      readonly impact: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
  });
}
