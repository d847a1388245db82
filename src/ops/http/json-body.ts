import type { IncomingMessage } from 'node:http';
import { plain, type Reply } from '../../http/reply.ts';

/** Room for the ids of a thousand dead letters. */
const MAX_BYTES = 64 * 1024;

/** Thrown to answer with this reply instead. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reply: Reply;

  constructor(status: number, text: string) {
    super(text);
    this.reply = plain(status, text);
  }
}

/**
 * Reads a body as JSON. Another site's page cannot send this content type without a CORS preflight.
 *
 * @throws Refused
 */
export async function jsonBody(message: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(message.headers['content-type'] ?? '')) {
    throw new Refused(415, 'Expected content-type: application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw new Refused(413, `Expected at most ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refused(400, 'Expected JSON.');
  }
}
