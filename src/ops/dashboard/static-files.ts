import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Reply } from '../../http/reply.ts';
import type { Route } from '../http/routes.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** They are many, small and in memory: opening the page must not use up a second's requests. */
const COST = 0.1;
/** As index.html names them. They are served in a folder named after what they hold. */
const FOLDER = '/page/';
const IMPORT_MAP = /<script type="importmap">(.*?)<\/script>/s;

/** The page's files, read and compressed once. They hold nothing but the program: anybody may have them. */
export function staticRoutes(): Route[] {
  const html = readFileSync(`${PAGE}index.html`, 'utf8');
  const files = [...pageFiles(), ...libraries(html)];
  const version = createHash('sha256');
  for (const { path, body } of files) version.update(path).update('\0').update(body);
  const folder = `/page-${version.digest('hex').slice(0, 12)}/`;
  return [
    documentRoute(html.replaceAll(`"${FOLDER}`, `"${folder}`)),
    ...files.map(({ path, body }) => fileRoute(`${folder}${path}`, body)),
  ];
}

interface StaticFile {
  /** Within the page's folder. */
  readonly path: string;
  readonly body: Buffer;
}

function pageFiles(): StaticFile[] {
  return readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
    .filter((file) => TYPES[extname(file)] !== undefined)
    .sort()
    .map((file) => ({ path: file.replaceAll('\\', '/'), body: readFileSync(`${PAGE}${file}`) }));
}

/** What the import map names: files of installed packages, as they are. */
function libraries(html: string): StaticFile[] {
  const map: { imports: Record<string, string> } = JSON.parse(importMap(html));
  return Object.entries(map.imports).map(([specifier, path]) => ({
    path: path.slice(FOLDER.length),
    body: readFileSync(fileURLToPath(import.meta.resolve(specifier))),
  }));
}

function importMap(html: string): string {
  return IMPORT_MAP.exec(html)?.[1] ?? '';
}

/**
 * Everything comes from here, nothing but the import map is inline, nobody frames it, and no text ever becomes markup. The
 * import map's hash is that of what is served, so it cannot be out of date.
 */
function contentSecurityPolicy(html: string): string {
  const hash = createHash('sha256').update(importMap(html)).digest('base64');
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Asked for each time, so that page and daemon are of one version. */
function documentRoute(html: string): Route {
  return compressedRoute('/', 'text/html; charset=utf-8', Buffer.from(html), {
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy(html),
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
}

/** Its path changes with its content: it is asked for once, and a reload costs the daemon one request instead of dozens. */
function fileRoute(path: string, body: Buffer): Route {
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const route = compressedRoute(path, type, body, { 'cache-control': 'public, max-age=31536000, immutable' });
  return { ...route, cost: COST };
}

function compressedRoute(path: string, type: string, body: Buffer, extra: Record<string, string>): Route {
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 20)}"`;
  const headers = { etag, vary: 'accept-encoding', ...extra };
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
