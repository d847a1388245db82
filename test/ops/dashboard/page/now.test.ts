import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusFault } from '../../../../demo/shop/faults.ts';
import { startDaemon } from '../../../helpers/daemon-process.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

const ordersNamed = (...names: string[]) => names.map((orderNumber) => anOrderDocument({ orderNumber }));

/** Rows of the list of deliveries that change after they were drawn. */
const COUNT_CHANGED_ROWS = `
  globalThis.changedRows = 0;
  const list = document.querySelector('.deliveries-list');
  new MutationObserver((records) => {
    changedRows += records.filter(({ target }) => target !== list).length;
  }).observe(list, { subtree: true, childList: true, characterData: true, attributes: true });
`;

describe.skipIf(notInstalled('chromium'))('Now', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('an order appears as it arrives, without a reload, and a click says where it is', async () => {
    const orders = [anOrderDocument({ orderNumber: '10086', shopOrderId: '98231' })];
    const dashboard = await aDashboard({ orders }, TOKENS);
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.getByText('No orders yet').waitFor();
    await dashboard.publish('10086');
    const row = page.locator('.delivery').filter({ hasText: '10086' });
    await row.waitFor();
    expect(await row.textContent()).toMatch(/paid.*arrived.*ms$/);
    await expect
      .poll(() => page.locator('.figure', { hasText: 'Orders, last hour' }).locator('.value').textContent())
      .toBe('1');
    await row.getByRole('link').click();
    await page.getByText('In the internal system since').waitFor();
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

  test('a row keeps the focus while others arrive above it, and only those are marked as new', async () => {
    const dashboard = await aDashboard({ orders: ordersNamed('first', 'second', 'third') }, TOKENS);
    await dashboard.publish('first');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard);
    const link = page.getByRole('link', { name: 'first' });
    await link.focus();
    await page.evaluate('document.activeElement.isTheSame = true');
    for (const order of ['second', 'third']) await dashboard.publish(order);
    await expect
      .poll(() => page.locator('.delivery .order').allTextContents())
      .toEqual(expect.arrayContaining(['second', 'third']));
    expect(await page.locator('.delivery .order').last().textContent()).toBe('first');
    expect(await page.evaluate('document.activeElement.isTheSame')).toBe(true);
    expect((await page.locator('.delivery.is-new .order').allTextContents()).toSorted()).toEqual(['second', 'third']);
  });

  test('a flood shows at most a hundred rows, counts what it leaves out, and redraws no row that stays', async () => {
    const orders = ordersNamed(...Array.from({ length: 400 }, (_, index) => `N${index}`), 'afterwards');
    const dashboard = await aDashboard({ orders }, TOKENS);
    await dashboard.publish('N0');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.locator('.delivery', { hasText: 'N0' }).waitFor();
    await Promise.all(orders.slice(1, 400).map(({ orderNumber }) => dashboard.publish(orderNumber)));
    await expect
      .poll(() => page.locator('.figure', { hasText: 'Orders, last hour' }).locator('.value').textContent())
      .toBe('400');
    const shown = await page.locator('.delivery').count();
    const texts = await page.locator('.skipped').allTextContents();
    const skipped = texts.map((text) => Number(/^… and (\d+) more$/.exec(text)?.[1]));
    expect(shown).toBeLessThanOrEqual(100);
    if (shown < 100) expect(skipped.reduce((sum, n) => sum + n, shown)).toBe(400);
    await page.evaluate(COUNT_CHANGED_ROWS);
    await dashboard.publish('afterwards');
    await page.locator('.delivery', { hasText: 'afterwards' }).waitFor();
    expect(await page.evaluate('changedRows')).toBe(0);
    expect(await page.locator('.delivery').count()).toBe(Math.min(100, shown + 1));
    expect(complaints).toEqual([]);
  });

  test('the charts are read with the keyboard, and the hour turns into the day', async () => {
    const dashboard = await aDashboard({ orders: ordersNamed('10086') }, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    const { page } = await openDashboard(browser, dashboard);
    const chart = page.getByRole('slider', { name: 'Orders per minute' });
    await expect.poll(() => chart.locator('.bar').count()).toBe(1);
    await chart.focus();
    await page.keyboard.press('Home');
    expect(await chart.getAttribute('aria-valuenow')).toBe('0');
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/^\d\d:\d\d · 0 orders$/);
    expect(await page.locator('.chart-readout').first().textContent()).toMatch(/· 0 orders$/);
    expect(await chart.locator('.chosen').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    expect(await chart.getAttribute('aria-valuenow')).toBe('1');
    await page.keyboard.press('End');
    expect(await chart.getAttribute('aria-valuenow')).toBe(await chart.getAttribute('aria-valuemax'));
    await page.keyboard.press('Tab');
    await expect.poll(() => chart.locator('.chosen').count()).toBe(0);
    await page.getByText('Last 24 hours').click();
    await page.getByRole('slider', { name: 'Orders per 15 minutes' }).waitFor();
    await page.getByRole('link', { name: 'Reconciliation' }).click();
    await page.getByRole('heading', { name: 'Reconciliation' }).waitFor();
    await page.getByRole('link', { name: 'Now' }).click();
    expect(await page.getByLabel('Last 24 hours').isChecked()).toBe(true);
  });

  test('an outage is shown at once, with the dependency, and its end too', async () => {
    const dashboard = await aDashboard({ orders: ordersNamed('10086'), faults: () => statusFault(401) }, TOKENS);
    const { page } = await openDashboard(browser, dashboard);
    await page.getByText('Running', { exact: true }).waitFor();
    await dashboard.publish('10086');
    await page.getByText('Paused', { exact: true }).waitFor();
    await page.locator('.sign').getByText('The shop refuses our credentials: somebody must renew them.').waitFor();
    await expect.poll(() => page.title()).toMatch(/^! Paused · /);
    expect(await page.locator('.unseen[role=status]').textContent()).toMatch(
      /^Paused\. The shop refuses our credentials/,
    );
    dashboard.shop.setFaults(undefined);
    await page.getByText('Running', { exact: true }).waitFor();
    await page.locator('.delivery.is-synced').waitFor();
    await expect.poll(() => page.title()).toMatch(/^Running · /);
  });

  test('a lost connection is said, and recovers automatically with everything that arrived meanwhile', async () => {
    const dashboard = await aDashboard({ orders: ordersNamed('first', 'meanwhile', 'afterwards') }, TOKENS);
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

  test('without a token everyone looks, and nobody acts; the wall display has nothing to press', async () => {
    const dashboard = await aDashboard({ orders: ordersNamed('10086') });
    await dashboard.publish('gone');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page, complaints } = await openDashboard(browser, dashboard, { token: null });
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByText('read-only because no token is configured').waitFor();
    expect(await page.getByRole('button', { name: /Replay|Discard/ }).count()).toBe(0);
    await page.goto(`${dashboard.url}#/wall`);
    await page.locator('.sign').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.keyboard.press('Escape');
    await page.getByRole('navigation').waitFor();
    expect(complaints).toEqual([]);
  });
});
