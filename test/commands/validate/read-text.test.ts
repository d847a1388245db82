import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readText } from '../../../src/commands/validate/read-text.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';

const ORDER = JSON.stringify(anOrderDocument({ orderNumber: '10086' }));

describe('a reply', () => {
  it.each<[string, string | Uint8Array, RegExp]>([
    ['nothing', '', /It is empty/],
    ['a login page', '<html><form><input type="password"></form>', /It is a login page \(HTML\)/],
    ['a warning of PHP before the JSON', `<br />\n<b>Warning</b>${ORDER}`, /begins with one/],
    ['XML', '<?xml version="1.0"?><order/>', /It is XML/],
    ['JSON that is cut off', ORDER.slice(0, 100), /cut off/],
    ['a comma too many', '{"orderNumber":"王",\n}', /broken at line 2, column 1\. There is a comma too many/],
    ['two documents', `${ORDER}\n${ORDER}`, /broken at line 2.*after the end/],
    ['GBK', Buffer.from([0x22, 0xcd, 0xf5, 0x22]), /not UTF-8/],
    ['UTF-16', Buffer.from(`\uFEFF${ORDER}`, 'utf16le'), /UTF-16/],
    ['broken gzip', gzipSync(ORDER).subarray(0, 40), /can’t be decompressed/],
  ])('says that %s is no reply', async (_, content, said) => {
    const { json, problems } = await readText(Buffer.from(content), 'file');
    expect(json).toBeUndefined();
    expect(problems.join('\n')).toMatch(said);
    expect(problems.join('\n')).not.toContain('王');
  });

  it.each<[string, string | Uint8Array, string]>([
    ['gzip', gzipSync(ORDER), 'compressed with gzip'],
    ['a byte order mark', `\uFEFF${ORDER}`, 'byte order mark'],
  ])('reads through %s', async (_, content, said) => {
    const { json, problems, notes } = await readText(Buffer.from(content), 'file');
    expect({ json, problems }).toEqual({ json: JSON.parse(ORDER), problems: [] });
    expect(notes.join('\n')).toContain(said);
  });
});
