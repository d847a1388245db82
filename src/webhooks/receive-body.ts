import type { IncomingMessage } from 'node:http';
import { MAX_EVENT_BYTES } from '../messages/decode/body.ts';

/** No shop's order is larger. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
/** Of all bodies that are being received: a flood must not use up the memory. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

let keptBytes = 0;

/**
 * Reads a request's body. One that is too large to be decoded, or finds no room among the others, is still read to its end, so
 * that its signature can be checked.
 *
 * @param onChunk gets every byte
 * @returns the body; undefined if it was not kept
 * @throws BodyTooLargeError, or whatever the connection's end is
 */
export async function receiveBody(
  request: IncomingMessage,
  onChunk: (chunk: Buffer) => void,
): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new BodyTooLargeError();
  let chunks: Buffer[] | undefined = [];
  let kept = 0;
  let bytes = 0;
  const drop = () => {
    keptBytes -= kept;
    kept = 0;
    chunks = undefined;
  };
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) throw new BodyTooLargeError();
      onChunk(chunk);
      if (bytes > MAX_EVENT_BYTES || keptBytes + chunk.byteLength > MAX_KEPT_BYTES) drop();
      if (chunks === undefined) continue;
      chunks.push(chunk);
      kept += chunk.byteLength;
      keptBytes += chunk.byteLength;
    }
    return chunks && Buffer.concat(chunks);
  } finally {
    drop();
  }
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}
