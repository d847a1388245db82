import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../../../helpers/servers/rabbitmq.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard } from '../helpers/dashboard.ts';

describe.skipIf(notInstalled('rabbitmq') || notInstalled('chromium'))('an alarm of RabbitMQ', () => {
  let browser: Browser;
  let broker: PrivateRabbitMQ;
  beforeAll(async () => {
    [browser, broker] = await Promise.all([startBrowser(), startRabbitMQ()]);
  });
  afterAll(async () => {
    await browser?.close();
    await broker?.[Symbol.asyncDispose]();
  });

  test('is named on the page, in both languages and on a phone, and so is its end', async () => {
    const dashboard = await aDashboard({}, { RABBITMQ_URL: broker.url });
    const options = { token: null, viewport: { width: 390, height: 800 } };
    const { page } = await openDashboard(browser, dashboard, options);
    const { page: chinese } = await openDashboard(browser, dashboard, { ...options, locale: 'zh-CN' });
    await page.getByText('Running', { exact: true }).waitFor();
    await broker.ctl('set_vm_memory_high_watermark', '0');
    onTestFinished(async () => void (await broker.ctl('set_vm_memory_high_watermark', '0.4')));
    await page.locator('.sign-alarm').getByText('RabbitMQ takes no messages from anyone (low on memory).').waitFor();
    await expect.poll(() => page.title()).toMatch(/^! RabbitMQ alarm · /);
    await chinese.locator('.sign-alarm').getByText('RabbitMQ 不接收任何消息（内存不足）').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    await broker.ctl('set_vm_memory_high_watermark', '0.4');
    await page.getByText('Running', { exact: true }).waitFor();
    await chinese.getByText('运行中', { exact: true }).waitFor();
  }, 90_000);
});
