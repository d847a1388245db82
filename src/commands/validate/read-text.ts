import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { JsonLimitError, parseExactJson } from '../../orders/exact-json.ts';

/** The JSON of a reply, or why there is none. Sentences never quote the reply, which holds personal data. */
export interface ReadText {
  /** Undefined if it can't be read. */
  readonly json?: unknown;
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** As much as is looked at; order-sync itself takes replies of SHOP_MAX_RESPONSE_BYTES. */
export const MAX_BYTES = 64 * 1024 * 1024;
const USUAL_MAX_BYTES = 5 * 1024 * 1024;

/** Whether the reply's headers say that it is compressed; a file has none. */
export type Packing = 'said' | 'unsaid' | 'file';

export async function readText(sent: Uint8Array, packing: Packing): Promise<ReadText> {
  const isPacked = sent[0] === 0x1f && sent[1] === 0x8b;
  const bytes = isPacked ? await unpacked(sent) : sent;
  if (bytes === undefined)
    return refused('It begins as gzip does, and can\u2019t be decompressed: it is broken, cut off, or too large.');
  const packed =
    isPacked && packing === 'unsaid'
      ? ['It is compressed with gzip, and does not say so: send Content-Encoding: gzip.']
      : [];
  const notes = [
    ...(isPacked && packing === 'file'
      ? ['It is compressed with gzip. A server says so with Content-Encoding: gzip.']
      : []),
    ...(bytes.length > USUAL_MAX_BYTES
      ? ['It is larger than 5 MB, which is the default of SHOP_MAX_RESPONSE_BYTES.']
      : []),
  ];
  const text = decoded(bytes);
  if (typeof text !== 'string') return refused(...packed, text.problem);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const marked = hasMark
    ? [...notes, 'It begins with a byte order mark (BOM), which is ignored. Other JSON parsers refuse it.']
    : notes;
  const parsed = parseJson(text);
  if ('problem' in parsed) return { problems: [...packed, parsed.problem], notes: marked };
  return { json: parsed.json, problems: packed, notes: marked };
}

function refused(...problems: readonly string[]): ReadText {
  return { problems, notes: [] };
}

async function unpacked(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  return await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES }).catch(() => undefined);
}

function decoded(bytes: Uint8Array): string | { problem: string } {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    return { problem: 'It is UTF-16 text: send UTF-8.' };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'It is not UTF-8 text (perhaps GBK or Latin-1): send UTF-8.' };
  }
}

function parseJson(text: string): { json: unknown } | { problem: string } {
  const start = text.trimStart();
  if (start === '') return { problem: 'It is empty: expected JSON.' };
  if (start.startsWith('<')) {
    const isLogin = /<input[^>]+type=["']?password/i.test(start);
    const page = /^<\?xml/i.test(start)
      ? 'XML'
      : isLogin
        ? 'a login page (HTML)'
        : 'a web page (HTML), or begins with one';
    return { problem: `It is ${page}, expected JSON. Is the address right, and does it need other credentials?` };
  }
  try {
    return { json: parseExactJson(text) };
  } catch (error) {
    if (error instanceof JsonLimitError) return { problem: `It can't be used: ${error.message}.` };
    return { problem: brokenJson(text, error) };
  }
}

/** V8 says where, and quotes what is there: only the place is passed on. */
function brokenJson(text: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position === undefined || Number(position) >= text.trimEnd().length)
    return 'Its JSON is cut off: it ends too early.';
  const before = text.slice(0, Number(position)).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  const hint = /after JSON/.test(message)
    ? 'There is something after the end of the JSON.'
    : commonFault(text, Number(position));
  return `Its JSON is broken at ${place}.${hint === '' ? '' : ` ${hint}`}`;
}

function commonFault(text: string, position: number): string {
  const at = text[position];
  const before = text.slice(0, position).trimEnd().at(-1);
  if (at === "'") return 'JSON has double quotes.';
  if ((at === '}' || at === ']') && before === ',') return 'There is a comma too many before it.';
  if (position === 0) return 'Something stands before the JSON: a warning of the shop\u2019s program?';
  return '';
}
