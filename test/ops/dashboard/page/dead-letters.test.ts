import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storedOrders } from '../../../helpers/internal-database.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, TOKENS } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('chromium'))('Dead letters', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('one is replayed after asking, and becomes synced; the log says who did it', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.publish('10086');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.getByRole('link', { name: /^Dead letters/ }).click();
    await page.getByRole('heading', { name: /The shop does not know this order/ }).waitFor();
    await page.getByText('Look it up in the shop.').waitFor();
    await page.getByRole('button', { name: 'Show: 10086' }).click();
    await page.getByText('{"orderNumber":"10086","event":"paid"}').waitFor();
    dashboard.shop.put(anOrderDocument({ orderNumber: '10086' }));
    await page.getByRole('button', { name: 'Replay: 10086' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toBe('Replay: 10086');
    expect(await dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);
    await page.getByRole('button', { name: 'Replay: 10086' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);
    await page.getByRole('button', { name: 'Replay: 10086' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
    await page.getByText('1 dead letter replayed.').waitFor();
    await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
    await dashboard.daemon.line((line) => line['outcome'] === 'synced');
    expect(storedOrders(dashboard.workplace.database)).toMatchObject([{ order_number: '10086' }]);
    const audit = await dashboard.daemon.line((line) => line['audit'] === 'replayed');
    expect(audit).toMatchObject({
      level: 'warn',
      name: 'operator',
      role: 'operator',
      address: '127.0.0.1',
      done: 1,
      orders: ['10086'],
    });
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
    await page.getByRole('heading', { name: 'Discard 2 dead letters?' }).waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await page.getByText('2 dead letters discarded.').waitFor();
    await expect.poll(() => page.locator('.group').count()).toBe(1);
    await expect.poll(() => dashboard.bystander.messages(`${dashboard.workplace.queue}.dead-letters`)).toBe(1);
  });

  test('the list stays as it is while others arrive, and an open one stays open when it is refreshed', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.publish('first');
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await page.getByRole('button', { name: 'Show: first' }).click();
    await page.locator('.details pre').waitFor();
    await page.evaluate('document.querySelector(".details pre").isTheSame = true');
    await dashboard.publish('second');
    await page.getByText('The list has changed since.').waitFor();
    expect(await page.locator('.dead-letters tbody tr:not(.details)').count()).toBe(1);
    // The daemon keeps its list for three seconds.
    await expect
      .poll(async () => {
        await page.getByRole('button', { name: 'Refresh' }).click();
        return await page.getByRole('button', { name: 'Show: second' }).count();
      })
      .toBe(1);
    expect(await page.evaluate('document.querySelector(".details pre").isTheSame')).toBe(true);
    expect(await page.getByRole('button', { name: 'Hide: first' }).getAttribute('aria-expanded')).toBe('true');
  });
});
