import { DatabaseSync } from 'node:sqlite';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DaemonReport } from '../../../../src/internal-system/daemon-store.ts';
import { VERSION } from '../../../../src/version.ts';
import { notInstalled } from '../../../helpers/servers/installed.ts';
import { seriousFindings } from '../helpers/axe.ts';
import { openDashboard, startBrowser } from '../helpers/browser.ts';
import { aDashboard, bearer, type RunningDashboard, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

/** Rows that other daemons have left in the same tables. */
function others({ workplace }: RunningDashboard): void {
  const report: DaemonReport = {
    host: 'sync-2',
    pid: 7,
    version: '0.0.1',
    startedAt: new Date(Date.now() - 9 * 86_400_000).toISOString(),
    queue: 'orders',
    prefetch: 200,
    inFlight: 3,
    waiting: 12,
    lastOrderAt: new Date(Date.now() - 300_000).toISOString(),
    lagMs: 4_200,
    consumption: {
      state: 'paused',
      dependency: 'shop',
      reason: 'shop_timeout',
      since: new Date(Date.now() - 300_000).toISOString(),
    },
  };
  const later = { ...report, pid: 8, version: VERSION, consumption: { ...report.consumption, state: 'dozing' } };
  const rows: readonly (readonly [shop: string, id: string, secondsAgo: number, report: DaemonReport])[] = [
    ['shop', 'outdated', 1, report],
    ['shop', 'killed', 120, { ...report, host: 'sync-3-7c9f6d5b8-x2k4q', waiting: null, version: VERSION }],
    ['outlet', 'later', 1, later],
  ];
  const connection = new DatabaseSync(workplace.database, { timeout: 5_000 });
  const insert = connection.prepare(
    'INSERT INTO order_sync_daemons (shop, daemon, seen_at, report) VALUES (?, ?, ?, ?)',
  );
  for (const [shop, id, secondsAgo, said] of rows)
    insert.run(shop, id, new Date(Date.now() - secondsAgo * 1_000).toISOString(), JSON.stringify(said));
  connection.close();
}

describe.skipIf(notInstalled('chromium'))('Daemons', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  test.each([
    ['desktop', { locale: 'en-GB' }, ['Running', 'Paused', 'Not heard from', 'older version', '(this one)']],
    ['phone', { locale: 'en-GB', viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true }, ['Running']],
    [
      'phone-zh',
      { locale: 'zh-CN', viewport: { width: 375, height: 812 }, isMobile: true, hasTouch: true },
      ['运行中', '已暂停', '失去联系', '旧版本', '（本实例）'],
    ],
  ] as const)('shows which of them is stuck, on any of them: %s', async (_, options, words) => {
    const dashboard = await aDashboard({}, TOKENS);
    others(dashboard);
    const { page, complaints } = await openDashboard(browser, dashboard, {
      ...options,
      token: VIEWER_TOKEN,
      bypassCSP: true,
      reducedMotion: 'reduce',
    });
    // By keyboard: the last of the sections.
    await page.locator('nav a').last().focus();
    await page.keyboard.press('Enter');
    await page.locator('.daemons tbody tr').first().waitFor();
    await page.getByText(dashboard.workplace.queue).first().waitFor();
    const shown = (await page.locator('main').textContent()) ?? '';
    for (const word of words) expect(shown).toContain(word);
    expect(shown).toContain('dozing');
    expect(await page.locator('.daemons').count()).toBe(2);
    expect(await page.locator('.daemons .is-silent').count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
  });

  test('are for those who may look', async () => {
    const dashboard = await aDashboard({}, TOKENS);
    expect((await fetch(`${dashboard.url}api/daemons`)).status).toBe(401);
    const answer = async () =>
      (await (await fetch(`${dashboard.url}api/daemons`, { headers: bearer(VIEWER_TOKEN) })).json()) as {
        self: string;
        daemons: { id: string }[];
      };
    await expect.poll(async () => (await answer()).daemons.length).toBe(1);
    const { self, daemons } = await answer();
    expect(daemons.map(({ id }) => id)).toEqual([self]);
  });
});
