import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { requireInstalled } from '../../../helpers/servers/installed.ts';
import { OPERATOR_TOKEN, type RunningDashboard } from './dashboard.ts';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: requireInstalled('chromium'), headless: true, args: ARGUMENTS });
}

export interface OpenPage {
  readonly page: Page;
  /** The browser's errors, those of the Content-Security-Policy included. With any, the page is broken. */
  readonly complaints: readonly string[];
}

/** The page as one person sees it, signed out. Closed after the test. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Shanghai', ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** The page, signed in; a token of null is for a dashboard that requires none. */
export async function openDashboard(
  browser: Browser,
  dashboard: RunningDashboard,
  options: BrowserContextOptions & { readonly token?: string | null } = {},
): Promise<OpenPage> {
  const { token = OPERATOR_TOKEN, ...context } = options;
  const opened = await openPage(browser, dashboard.url, context);
  if (token !== null) {
    await opened.page.locator('#token').fill(token);
    await opened.page.keyboard.press('Enter');
  }
  await opened.page.locator('.sign').waitFor();
  return opened;
}
