import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { Delivery } from '../../broker/delivery.ts';
import { parseExactJson } from '../../orders/exact-json.ts';
import { malformed } from './malformed.ts';

/** The largest event worth decoding, before and after decompression. Most have a few dozen bytes; some hold a whole order. */
export const MAX_EVENT_BYTES = 1024 * 1024;
/** Ample for an event that holds a whole order. */
const MAX_EVENT_VALUES = 20_000;

interface Encoded extends Pick<Delivery, 'content'> {
  readonly properties: Pick<Delivery['properties'], 'contentEncoding'>;
}

/**
 * The bytes of a message → what they say: a JSON value, the fields of a form as an object, or bare text. UTF-8 only.
 *
 * @throws SyncError `malformed_event`
 */
export function readBody({ content, properties }: Encoded): unknown {
  const text = decodeUtf8(decompress(content, properties.contentEncoding)).trim();
  if (text === '') throw malformed('the message is empty');
  if (/^[{["]/.test(text)) return parseJson(text);
  return FORM.test(text) ? Object.fromEntries(new URLSearchParams(text)) : bareText(text);
}

/** `order_id=10086&event=paid`; not the order number `T3JkZXI6MQ==`. */
const FORM = /^[^=\s]+=[^=]/;

/** A string may hold JSON, as SNS, SQS and many relays send it; any other value stays as it is. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[{["]/.test(value)) return value;
  try {
    return parseExactJson(value.trim(), MAX_EVENT_VALUES);
  } catch {
    return value;
  }
}

const DECOMPRESSORS: Readonly<Record<string, (content: Buffer, options: { maxOutputLength: number }) => Buffer>> = {
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

/** Nothing that begins like gzip is UTF-8, so gzip needs no header. */
function decompress(content: Buffer, encoding: unknown): Uint8Array {
  if (content.byteLength > MAX_EVENT_BYTES) {
    throw malformed(`the message has ${content.byteLength} bytes, expected at most ${MAX_EVENT_BYTES}`);
  }
  const isGzip = content[0] === 0x1f && content[1] === 0x8b;
  const name = isGzip ? 'gzip' : String(encoding).trim().toLowerCase();
  const decompressor = isGzip ? gunzipSync : Object.hasOwn(DECOMPRESSORS, name) ? DECOMPRESSORS[name] : undefined;
  if (decompressor === undefined) return content;
  try {
    return decompressor(content, { maxOutputLength: MAX_EVENT_BYTES });
  } catch (cause) {
    const isBomb = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE';
    throw malformed(
      isBomb
        ? `decompressed (${name}), the message has more than ${MAX_EVENT_BYTES} bytes`
        : `the message cannot be decompressed as ${name}`,
      cause,
    );
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decodeUtf8(content: Uint8Array): string {
  try {
    return utf8.decode(content);
  } catch (cause) {
    throw malformed('the message is not UTF-8 text', cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text, MAX_EVENT_VALUES);
  } catch {
    // Without a cause: the parser's error quotes the message, which may hold anything.
    throw malformed('the message looks like JSON but cannot be parsed');
  }
}

/** Text that JSON reads as anything but a plain whole number (`null`, `1e5`, `-3`, `1.0`) names no order. */
function bareText(text: string): string {
  if (/^(?:null|true|false)$/.test(text)) throw malformed(`found the JSON literal ${text}`);
  if (/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && !/^\d+$/.test(text)) {
    throw malformed('found a number that is not a whole number');
  }
  return text;
}
