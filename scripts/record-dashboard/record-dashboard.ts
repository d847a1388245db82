import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { cancelled } from '../../demo/orders/make-orders.ts';
import { statusFault } from '../../demo/shop/faults.ts';
import { findBrowser } from '../setup/browser.mjs';
import { type Scene, startScene, TOKEN } from './scene.ts';

/**
 * Takes the pictures of the dashboard in docs/images/, of a real daemon that syncs the demo's orders. Takes four minutes, so that the
 * charts have something to show. Needs Chromium with a Chinese font (fonts-wqy-microhei), and RabbitMQ.
 *
 * usage: npx node scripts/record-dashboard/record-dashboard.ts && pngquant --force --ext .png docs/images/dashboard*.png
 */
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 375, height: 780 }, deviceScaleFactor: 2 };
const CHINESE = { locale: 'zh-CN' };
const DARK = { colorScheme: 'dark' } as const;

await using scene = await startScene();
const executablePath = findBrowser();
if (executablePath === undefined) throw new Error('Chromium is not installed.');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const { conflict, shown } = await playStory(scene);
  await pictures(browser, scene, { conflict, shown });
} finally {
  await browser.close();
}

/** Orders come in waves; some are cancelled, unknown, unreadable; one is cancelled while it is being packed. */
async function playStory({ orders, shop, publish, line, database, orderSync }: Scene) {
  const numbers = orders.map(({ orderNumber }) => String(orderNumber));
  for (const [index, orderNumber] of numbers.entries()) {
    await publish({ orderNumber, event: 'paid' });
    await sleep(600 + 1_200 * (1 + Math.sin(index / 9)));
  }
  const [shown = '', conflict = ''] = [numbers.at(-4), numbers.at(-7)];
  using sqlite = new DatabaseSync(database);
  sqlite.prepare("UPDATE orders SET fulfilment_status = 'picking' WHERE order_number = ?").run(conflict);
  for (const number of [conflict, numbers[20]]) {
    const order = shop.get(number ?? '');
    if (order !== undefined) shop.put(cancelled(order, new Date(), 'ordered twice'));
    await publish({ orderNumber: number, event: 'cancelled' });
  }
  for (const content of ['{"orderNumber": 10', '', { orderNumber: '77001', event: 'paid' }, { orderNumber: '77002' }])
    await publish(content);
  await line(({ outcome, reason }) => outcome === 'dead-lettered' && reason === 'malformed_event');
  await line(({ conflict: isConflict }) => isConflict === true);
  await orderSync('reconcile', '--since', '1h');
  await orderSync('reconcile', '--deep');
  return { conflict, shown };
}

async function pictures(
  browser: Browser,
  { url, shop, publish, line, orders }: Scene,
  { conflict, shown }: { readonly conflict: string; readonly shown: string },
): Promise<void> {
  const take = async (name: string, hash: string, options: BrowserContextOptions, isWhole = false) => {
    const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Shanghai', ...options });
    const page = await context.newPage();
    await signIn(page, url);
    await page.goto(`${url}#/${hash}`);
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await sleep(1_500);
    await page.screenshot({ path: `${IMAGES}${name}.png`, fullPage: isWhole });
    await context.close();
  };
  await take('dashboard', 'now', DESKTOP);
  await take('dashboard-wall', 'wall', { viewport: { width: 1920, height: 1080 } });
  await take('dashboard-phone-zh', 'now', { ...PHONE, ...CHINESE });
  await take('dashboard-order', `orders/${shown}`, DESKTOP, true);
  await take('dashboard-dead-letters-dark-zh', 'dead-letters', { ...DESKTOP, ...CHINESE, ...DARK });
  await take('dashboard-phone-dead-letters', 'dead-letters', PHONE);
  await take('dashboard-lists', 'lists/conflicts', DESKTOP);
  await take('dashboard-phone-lists-zh', 'lists/conflicts', { ...PHONE, ...CHINESE });
  await take('dashboard-conflict-zh', `orders/${conflict}`, { ...DESKTOP, ...CHINESE });
  await take('dashboard-reconciliation', 'reconciliation', DESKTOP);
  await take('dashboard-daemons', 'daemons', DESKTOP);
  shop.setFaults(() => statusFault(401));
  for (const { orderNumber } of orders.slice(0, 12)) await publish({ orderNumber, event: 'updated' });
  await line(({ msg }) => String(msg).startsWith('paused'));
  await take('dashboard-paused-zh', 'now', { ...DESKTOP, ...CHINESE });
}

async function signIn(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('#token').fill(TOKEN);
  await page.keyboard.press('Enter');
  await page.locator('.sign').waitFor();
}
