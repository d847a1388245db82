import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Reply } from '../http/reply.ts';
import type { Route } from '../http/routes.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Everything comes from here, nothing is inline, nobody frames it, and no text ever becomes markup. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The page's files, read and compressed once. They hold nothing but the program: anybody may have them. */
export function staticRoutes(): Route[] {
  return readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).flatMap((file) => {
    const type = TYPES[extname(file)];
    if (type === undefined) return [];
    const path = file === 'index.html' ? '/' : `/${file.replaceAll('\\', '/')}`;
    return [fileRoute(path, type, readFileSync(`${PAGE}${file}`))];
  });
}

function fileRoute(path: string, type: string, body: Buffer): Route {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`;
  const headers = {
    etag,
    vary: 'accept-encoding',
    // Asked for each time, so that page and daemon are of one version.
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  };
  const whole: Reply = { status: 200, type, body, headers };
  const compressed: Reply = {
    ...whole,
    body: gzipSync(body, { level: 9 }),
    headers: { ...headers, 'content-encoding': 'gzip' },
  };
  return {
    method: 'GET',
    path,
    for: 'anybody',
    answer: ({ message }) => {
      if (message.headers['if-none-match'] === etag) return { ...whole, status: 304, body: '' };
      return /\bgzip\b/.test(String(message.headers['accept-encoding'])) ? compressed : whole;
    },
  };
}
