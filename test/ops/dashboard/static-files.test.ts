import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { aDashboard, type RunningDashboard, TOKENS } from './helpers/dashboard.ts';

async function get(dashboard: RunningDashboard, path: string) {
  const response = await fetch(new URL(path, dashboard.url));
  return { status: response.status, headers: response.headers, body: await response.text() };
}

/** Everything the page requests, through its markup, its import map and each module's imports. */
function referencesIn(body: string, path: string, imports: Readonly<Record<string, string>>): string[] {
  const named = [...body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, found = '']) => found);
  const program = body.replaceAll(/\/\*.*?\*\//gs, '');
  const imported = [...program.matchAll(/(?:\bfrom ?|\bimport ?)['"]([^'"\s]+)['"]/g)].map(([, found = '']) =>
    found.startsWith('.')
      ? new URL(found, `http://x${path}`).pathname
      : (imports[found] ?? `not in the import map: ${found}`),
  );
  return path === '/' ? named : path.endsWith('.js') ? imported : [];
}

test('the page is light and complete, loads everything from here, and reveals nothing to other sites', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  const { body: html } = await get(dashboard, '/');
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? '{}',
  );
  const seen = new Map<string, number>();
  const queue = ['/'];
  for (const path of queue) {
    const { status, body, headers } = await get(dashboard, path);
    expect(status, path).toBe(200);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    if (!path.includes('/vendor/')) {
      expect(body.replaceAll('http://www.w3.org/2000/svg', ''), path).not.toMatch(
        /https?:|style=|[iI]nnerHTML|\bon(?:click|load)=|\beval\b|new Function/,
      );
    }
    seen.set(path, Buffer.byteLength(body));
    for (const found of referencesIn(body, path, imports)) if (!queue.includes(found)) queue.push(found);
  }
  expect(seen.size).toBeGreaterThan(60);
  expect([...seen.keys()]).toEqual(expect.arrayContaining(Object.values(imports)));
  expect([...seen.values()].reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(300_000);
});

test('the Content-Security-Policy allows the import map as it is served and no other inline script', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  const { headers, body } = await get(dashboard, '/');
  const inline = [...body.matchAll(/<script(?![^>]*\bsrc=)[^>]*>(.*?)<\/script>/gs)].map(([, script = '']) => script);
  expect(inline).toHaveLength(1);
  const hash = createHash('sha256')
    .update(inline[0] ?? '')
    .digest('base64');
  const policy = headers.get('content-security-policy')?.split('; ') ?? [];
  expect(policy.filter((rule) => rule.startsWith('script-src'))).toEqual([`script-src 'self' 'sha256-${hash}'`]);
  expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "style-src 'self'", "trusted-types 'none'"]));
  expect(policy.join()).not.toMatch(/unsafe/);
});

test('the document is revalidated on every visit; everything else is fetched once', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  const document = await get(dashboard, '/');
  expect(document.headers.get('cache-control')).toBe('no-cache');
  const etag = document.headers.get('etag') ?? '';
  expect((await fetch(dashboard.url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  const main = /src="(\/page-[0-9a-f]{12}\/main\.js)"/.exec(document.body)?.[1] ?? '';
  const script = await get(dashboard, main);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get(dashboard, '/page/main.js')).status).toBe(401);
});
