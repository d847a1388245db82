import { readFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, type RunningDashboard, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

const TOTALS = anOrderDocument().totals;
const LONG = '20261122000123456789';

function anOrder(orderNumber: string, placedAt = new Date(), totals = {}) {
  return anOrderDocument({
    orderNumber,
    shopOrderId: `id-${orderNumber}`,
    placedAt: placedAt.toISOString(),
    totals: { ...TOTALS, ...totals },
  });
}

async function synced(dashboard: RunningDashboard, ...numbers: string[]): Promise<void> {
  for (const number of numbers) await dashboard.publish(number);
  for (const number of numbers) {
    await dashboard.daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === number);
  }
}

/** As staff do, with SQL of their own. */
function staff({ workplace }: RunningDashboard, sql: string): void {
  const database = new DatabaseSync(workplace.database, { timeout: 5_000 });
  database.exec(sql);
  database.close();
}

const numbers = (page: Page) => page.locator('.order-list td.col-order').allTextContents();

describe.skipIf(notInstalled('chromium'))('Lists', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test('an order cancelled after picking began is counted in the menu and listed, until staff clear it', async () => {
    const order = anOrder('10086');
    const dashboard = await aDashboard({ orders: [order] }, TOKENS);
    await synced(dashboard, '10086');
    const { page, complaints } = await openDashboard(browser, dashboard);
    const menu = page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: /^Lists/ });
    const badge = menu.locator('.badge');
    expect(await badge.count()).toBe(0);
    staff(dashboard, "UPDATE orders SET fulfilment_status = 'packed'");
    const later = '2026-11-22T09:00:00Z';
    dashboard.shop.put({ ...order, status: 'cancelled', cancelledAt: later, updatedAt: later });
    await dashboard.publish('10086', 'cancelled');
    await expect.poll(() => badge.allTextContents()).toEqual(['1']);
    await menu.click();
    await page.getByRole('link', { name: 'To stop or check 1' }).click();
    const row = page.locator('.order-list tbody tr');
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.textContent()).toMatch(
      /10086.*Cancelled after picking began: stop the parcel\..*packed.*cancelled/,
    );
    await page.getByText('How an order leaves this list').click();
    await page.getByText('UPDATE orders SET cancel_conflict = FALSE').waitFor();
    staff(dashboard, 'UPDATE orders SET cancel_conflict = FALSE');
    await expect.poll(() => badge.count()).toBe(0);
    await page.getByText('The list has changed since.').waitFor();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.getByText('No orders').waitFor();
    expect(complaints).toEqual([]);
  });

  test('today is the reader’s day, the address holds the filter, and Back works', async () => {
    // Late in the evening in Shanghai, where the reader is; the test may run on either side of midnight.
    const now = Date.now();
    const day = 24 * 60 * 60 * 1000;
    const shanghaiMs = 8 * 60 * 60 * 1000;
    const midnight = Math.floor((now + shanghaiMs) / day) * day - shanghaiMs;
    const orders = [
      anOrder('today', new Date(midnight)),
      anOrder('yesterday', new Date(midnight - 1)),
      anOrder('odd', new Date('2026-11-02T16:00:00Z'), { grand: '1.00' }),
    ];
    const dashboard = await aDashboard({ orders }, TOKENS);
    await synced(dashboard, 'today', 'yesterday', 'odd');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/lists`);
    await expect.poll(() => numbers(page)).toEqual(['today']);
    await page.getByRole('link', { name: /^Amounts don’t add up/ }).click();
    await expect.poll(() => numbers(page)).toEqual(['odd']);
    await page.getByRole('link', { name: 'By date placed' }).click();
    await expect.poll(() => numbers(page)).toEqual(['today', 'yesterday', 'odd']);
    await page.getByLabel('From').fill('2026-11-03');
    await page.getByLabel('To').fill('2026-11-03');
    await page.keyboard.press('Enter');
    await expect.poll(() => numbers(page)).toEqual(['odd']);
    expect(page.url()).toBe(`${dashboard.url}#/lists/placed?from=2026-11-03&to=2026-11-03`);
    await page.goBack();
    await expect.poll(() => numbers(page)).toEqual(['today', 'yesterday', 'odd']);
    await page.goForward();
    await page.reload();
    await expect.poll(() => numbers(page)).toEqual(['odd']);
    expect(await page.getByLabel('From').inputValue()).toBe('2026-11-03');
  });

  test('what failed says why, and when it is tried again', async () => {
    const dashboard = await aDashboard({}, { ...TOKENS, RETRY_DELAYS_MS: '3600000' });
    await dashboard.publish('unknown');
    await dashboard.daemon.line((line) => line['outcome'] === 'retrying');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/lists/retrying`);
    const row = page.locator('.order-list tbody tr');
    await expect.poll(() => row.count()).toBe(1);
    expect(await row.textContent()).toMatch(/unknown.*The shop does not know this order.*1.*\d\d:\d\d:\d\d/);
    const failed = await dashboard.daemon.line((line) => line['outcome'] === 'retrying');
    const next = Date.parse((await row.locator('.col-next time').getAttribute('datetime')) ?? '');
    expect(Math.abs(next - Number(new Date(String(failed['time']))) - 3_600_000)).toBeLessThan(60_000);
    await page.goto(`${dashboard.url}#/lists/discarded`);
    await page.getByText('No orders').waitFor();
  });

  test('every page of a long list can be reached', async () => {
    const names = Array.from({ length: 120 }, (_, index) => `N${String(index).padStart(3, '0')}`);
    const orders = names.map((name, index) => anOrder(name, new Date(Date.UTC(2026, 0, 1, 0, index))));
    const dashboard = await aDashboard({ orders }, TOKENS);
    await synced(dashboard, ...names);
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/lists/placed`);
    const more = page.getByRole('button', { name: 'Show more' });
    for (const shown of [50, 100]) {
      await expect.poll(async () => (await numbers(page)).length).toBe(shown);
      await more.press('Enter');
    }
    await expect.poll(() => numbers(page)).toEqual(names.toReversed());
    expect(await more.count()).toBe(0);
  });

  test('a list is exported whole, in the reader’s language and zone, with personal data only where it is asked for', async () => {
    const orders = [anOrder(LONG, new Date('2026-11-02T16:00:00Z')), anOrder('007', new Date('2026-11-01T16:00:00Z'))];
    const dashboard = await aDashboard({ orders }, TOKENS);
    await synced(dashboard, LONG, '007');
    const { page } = await openDashboard(browser, dashboard, { locale: 'zh-CN' });
    await page.goto(`${dashboard.url}#/lists/placed`);
    const exported = async () => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: '导出到 Excel' }).press('Enter'),
      ]);
      expect(download.suggestedFilename()).toMatch(/^orders-placed-\d{4}-\d\d-\d\d\.csv$/);
      return await readFile(await download.path());
    };
    const file = await exported();
    expect(file.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const rows: Record<string, string>[] = parse(file, { bom: true, columns: true, record_delimiter: '\r\n' });
    expect(rows).toMatchObject([
      {
        订单号: `="${LONG}"`,
        '下单时间 (Asia/Shanghai)': '2026-11-03 00:00:00',
        总额: '129.40',
        同步状态: '已同步',
        订单状态: '已付款',
      },
      { 订单号: '="007"' },
    ]);
    expect(file.toString()).not.toMatch(/王小明|xiaoming|138 0000|文三路/);
    await page.getByLabel('包含姓名、电话和地址').press('Space');
    const [full] = parse(await exported(), { bom: true, columns: true, record_delimiter: '\r\n' });
    expect(full).toMatchObject({ 买家: '王小明', 电话: expect.stringMatching(/^="[+\d ]+"$/) });
    const audit = await dashboard.daemon.line((line) => line['audit'] === 'exported');
    expect(audit).toMatchObject({ role: 'operator', criteria: { by: 'placed' } });
  });

  test('a viewer exports without personal data, and is not offered it', async () => {
    const dashboard = await aDashboard({ orders: [anOrder('10086')] }, TOKENS);
    await synced(dashboard, '10086');
    const { page } = await openDashboard(browser, dashboard, { token: VIEWER_TOKEN });
    await page.goto(`${dashboard.url}#/lists/all`);
    await page.getByRole('link', { name: 'Export for Excel' }).waitFor();
    expect(await page.getByLabel('with names, phone numbers and addresses').count()).toBe(0);
  });

  test('the dead letters show the beginning of a message that names no order, to operators', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    await dashboard.bystander.publish(dashboard.workplace.queue, `{"客户": "王小明", "comment": "${'x'.repeat(80)}"}`);
    await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
    const { page } = await openDashboard(browser, dashboard);
    await page.goto(`${dashboard.url}#/dead-letters`);
    await expect
      .poll(() => page.locator('.excerpt').allTextContents())
      .toEqual([`{"客户": "王小明", "comment": "${'x'.repeat(34)}`]);
    const { page: other } = await openDashboard(browser, dashboard, { token: VIEWER_TOKEN });
    await other.goto(`${dashboard.url}#/dead-letters`);
    await other.locator('.excerpt .hidden-value').waitFor();
    expect(await other.locator('body').textContent()).not.toContain('王小明');
  });
});
