import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { JsonLimitError, parseExactJson } from '../orders/exact-json.ts';
import type { Counterpart } from './counterpart.ts';
import { badReply, errorCode, header, type ReplyHead } from './http-errors.ts';

/** The encodings that can be decoded; sent as `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  zlib: promisify(inflate),
  raw: promisify(inflateRaw),
};

/** What servers send instead of JSON. Any other type is not quoted: it is the reply's own text. */
const COMMON_TYPE = /^(?:text|application)\/(?:html|xhtml\+xml|plain|xml|csv|javascript|octet-stream)$/;

/** @throws SyncError `badReply` for a reply of another content type */
export function assertJson(of: Counterpart, head: ReplyHead, acceptsAnyType = false): void {
  const type = contentType(head);
  if (acceptsAnyType || JSON_TYPE.test(type)) return;
  throw badReply(of, `it is ${COMMON_TYPE.test(type) ? type : 'of an unknown type'}, expected application/json`);
}

export function isCompressed(head: ReplyHead): boolean {
  return encodingOf(head) !== undefined;
}

/**
 * Decompression stops at `maxBytes`, so a small reply that unpacks to gigabytes costs no more than a large one.
 *
 * @throws SyncError `badReply`
 */
export async function decompressed(
  of: Counterpart,
  head: ReplyHead,
  body: Uint8Array,
  maxBytes: number,
): Promise<Uint8Array> {
  const decoder = decoderFor(encodingOf(head) ?? '', body);
  if (decoder === undefined) throw badReply(of, `its content encoding is not one of ${ACCEPTED_ENCODINGS}`);
  try {
    return await decoder(body, { maxOutputLength: maxBytes });
  } catch (error) {
    throw errorCode(error) === 'ERR_BUFFER_TOO_LARGE'
      ? badReply(of, `it is larger than ${maxBytes} bytes when decompressed`)
      : badReply(of, 'its compressed body is broken or cut off', error);
  }
}

/** @throws SyncError `badReply`, which never quotes the reply: it holds personal data */
export function parseReply(of: Counterpart, bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw badReply(of, 'it is not UTF-8 text');
  }
  try {
    return parseExactJson(text);
  } catch (error) {
    throw badReply(of, error instanceof JsonLimitError ? error.message : 'its JSON is broken or cut off');
  }
}

/** The JSON that came with an error; undefined if there is none that can be read. */
export async function readErrorJson(
  of: Counterpart,
  head: ReplyHead,
  body: Uint8Array,
  maxBytes: number,
): Promise<unknown> {
  try {
    assertJson(of, head);
    return parseReply(of, isCompressed(head) ? await decompressed(of, head, body, maxBytes) : body);
  } catch {
    return undefined;
  }
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json$/;

function contentType(head: ReplyHead): string {
  return header(head, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for a body that is sent as it is. */
function encodingOf(head: ReplyHead): string | undefined {
  const name = header(head, 'content-encoding')?.trim().toLowerCase();
  return name === '' || name === 'identity' ? undefined : name;
}

function decoderFor(encoding: string, body: Uint8Array) {
  // "deflate" means the zlib format, but some servers send a bare stream. zlib's first byte has 8 in its low bits.
  if (encoding === 'deflate') return ((body[0] ?? 8) & 0x0f) === 8 ? decoders.zlib : decoders.raw;
  if (encoding === 'gzip' || encoding === 'x-gzip') return decoders.gzip;
  return encoding === 'br' ? decoders.br : undefined;
}
