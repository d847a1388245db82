import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anAddress, anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import {
  aDashboard,
  bearer,
  OPERATOR_TOKEN,
  type RunningDashboard,
  TOKENS,
  VIEWER_TOKEN,
} from '../helpers/dashboard.ts';

const orderOf = (orderNumber: string, name: string, phone: string) =>
  anOrderDocument({
    orderNumber,
    buyer: { id: null, name, phone, email: `${orderNumber}@example.com` },
    shippingAddress: anAddress({ recipient: name, phone }),
  });
const ORDERS = [
  orderOf('10087', '王小明', '+86 138-0013-8000'),
  orderOf('10088', '王小明', '+86 138-0013-8000'),
  orderOf('10089', 'Li Ming', '13900001111'),
];

/** With these three orders stored, and what the search needs built. */
async function aFilledDashboard(): Promise<RunningDashboard> {
  const dashboard = await aDashboard({ orders: ORDERS }, TOKENS);
  for (const { orderNumber } of ORDERS) await dashboard.publish(orderNumber);
  for (const { orderNumber } of ORDERS) {
    await dashboard.daemon.line((line) => line['orderNumber'] === orderNumber && line['outcome'] === 'synced');
  }
  await expect
    .poll(async () => (await ask(dashboard, '10088@example.com', OPERATOR_TOKEN)).text())
    .toContain('"by":"email"');
  return dashboard;
}

function ask({ url }: RunningDashboard, text: unknown, token: string): Promise<Response> {
  return fetch(`${url}api/search`, {
    method: 'POST',
    headers: { ...bearer(token), 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
}

const PASTE = `(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text', text);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}`;

/** Presses `/`, and says what has the focus before the browser gets to anything else, such as the next key. */
const SLASH = `(async () => {
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
  for (let turns = 0; turns < 100; turns += 1) await undefined;
  return document.activeElement.id;
})()`;

async function search(page: Page, text: string): Promise<void> {
  await page.locator('#order-search').fill(text);
  await page.keyboard.press('Enter');
}

describe.skipIf(notInstalled('chromium'))('Find an order by whatever is known of it', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('opens the only one that is meant, and says for what', async () => {
    const dashboard = await aFilledDashboard();
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.keyboard.press('/');
    for (const text of ['１００８８', '订单号：10088', 'Where is my order 10088?', '10088@EXAMPLE.com']) {
      await search(page, text);
      await page.getByText(`Found for “${text}”.`).waitFor();
      await expect.poll(() => page.locator('.order-name').allTextContents()).toEqual(['10088']);
      expect(page.url()).toBe(`${dashboard.url}#/orders/10088`);
    }
    await search(page, '10089');
    await expect.poll(() => page.locator('.order-name').allTextContents()).toEqual(['10089']);
    expect(await page.locator('.search-summary').textContent()).toBe('');
    expect(complaints).toEqual([]);
  });

  test('loses no key of whoever types or scans fast: after “/”, and while an answer is on its way', async () => {
    const dashboard = await aFilledDashboard();
    const { page, complaints } = await openDashboard(browser, dashboard);
    expect(await page.evaluate(SLASH)).toBe('order-search');
    const answer = Promise.withResolvers<void>();
    await page.route('**/api/search', async (route) => {
      await answer.promise;
      await route.continue();
    });
    await page.keyboard.type('10088');
    await page.keyboard.press('Enter');
    await page.keyboard.type('1008');
    answer.resolve();
    await page.locator('.order-name', { hasText: '10088' }).waitFor();
    await page.keyboard.type('9');
    await page.keyboard.press('Enter');
    await page.locator('.order-name', { hasText: '10089' }).waitFor();
    expect(await page.locator('#order-search').inputValue()).toBe('10089');
    expect(complaints).toEqual([]);
  });

  test('lists several, to be opened and gone back to by keyboard, and keeps a name out of the address', async () => {
    const dashboard = await aFilledDashboard();
    const { page, complaints } = await openDashboard(browser, dashboard);
    await page.keyboard.press('/');
    await search(page, '王小明');
    await page.getByRole('status').getByText('2 orders found. Choose one.').waitFor();
    const hits = page.locator('.hits a');
    expect(await hits.count()).toBe(2);
    expect(await hits.first().textContent()).toMatch(/1008[78].*paid.*129\.40.*王小明.*name/);
    expect(page.url()).toBe(`${dashboard.url}#/orders`);
    await hits.nth(1).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    await page.getByRole('link', { name: 'Back to the 2 orders found' }).press('Enter');
    await hits.first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('answers for each of several lines that are pasted, and offers to look for those it did not find', async () => {
    const dashboard = await aFilledDashboard();
    const { page } = await openDashboard(browser, dashboard);
    await page.keyboard.press('/');
    await page.evaluate(`(${PASTE})(${JSON.stringify('10087\r\n#10089\r\n999\r\n')})`);
    expect(await page.locator('#order-search').inputValue()).toBe('10087, #10089, 999');
    await page.keyboard.press('Enter');
    await page.locator('.hits').waitFor();
    expect(await page.locator('.hits strong').allTextContents()).toEqual(['10087', '10089']);
    expect(await page.locator('.hit-none').textContent()).toMatch(/999\s*not found/);
    await page.locator('.hit-none a').click();
    await page.getByRole('heading', { name: 'Never seen' }).waitFor();
  });

  test.each([
    ['en-GB', 'only operators can search'],
    ['zh-CN', '需要操作员权限'],
  ])('tells a viewer that a name is for operators, and shows no buyer (%s)', async (locale, words) => {
    const dashboard = await aFilledDashboard();
    const { page } = await openDashboard(browser, dashboard, { locale, token: VIEWER_TOKEN });
    await page.keyboard.press('/');
    await search(page, '王小明');
    await page.getByText(words).waitFor();
    await search(page, '10087 10088');
    await page.locator('.hits').waitFor();
    expect(await page.locator('body').textContent()).not.toMatch(/王小明|null|undefined/);
  });

  test('logs that a person was searched for, and not for whom', async () => {
    const dashboard = await aFilledDashboard();
    await ask(dashboard, '138 0013 8000', OPERATOR_TOKEN);
    const line = await dashboard.daemon.line((line) => line['audit'] === 'searched' && String(line['by']) === 'phone');
    expect(line).toMatchObject({ role: 'operator', by: ['phone'], found: 2 });
    await ask(dashboard, '10088', VIEWER_TOKEN);
    const logged = JSON.stringify(dashboard.daemon.lines);
    expect(logged).not.toMatch(/138 ?0013|王小明|example\.com/);
    expect((await ask(dashboard, 'x'.repeat(4_001), OPERATOR_TOKEN)).status).toBe(400);
    expect((await ask(dashboard, 'x', 'wrong')).status).toBe(401);
  });
});
