import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

/** The intended reply, before a fault changes it. */
export interface PlannedReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

const ENCODERS = {
  gzip: gzipSync,
  deflate: deflateSync,
  /** What some servers send as "deflate". */
  'deflate-raw': deflateRawSync,
  br: brotliCompressSync,
};

/**
 * What a shop can do wrong, or just differently:
 *
 * - `reply`: another reply, or parts of one
 * - `delay`: the right reply after `ms`; `stall`: no reply, ever
 * - `reset`: the connection is reset without a reply; `truncate`: it is closed in the middle of the body
 * - `slow-body`: `bytes` of the body every `everyMs`
 * - `compressed`: the right reply, compressed
 * - `wrong-order`: another order; `old-version`: the order before its last change
 * - `replica`: the order as it was `lagMs` ago
 */
export type Fault =
  | ({ readonly kind: 'reply' } & Partial<PlannedReply>)
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'replica'; readonly lagMs: number }
  | { readonly kind: 'stall' | 'reset' | 'truncate' | 'wrong-order' | 'old-version' }
  | { readonly kind: 'slow-body'; readonly everyMs: number; readonly bytes: number }
  | { readonly kind: 'compressed'; readonly encoding: keyof typeof ENCODERS };

export function statusFault(status: number, headers: Readonly<Record<string, string>> = {}): Fault {
  return { kind: 'reply', status, headers, body: '{"error":"an injected fault"}' };
}

export function htmlFault(): Fault {
  return {
    kind: 'reply',
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Just a moment…</title>',
  };
}

export function redirectFault(location: string, status = 302): Fault {
  return { kind: 'reply', status, headers: { location }, body: '' };
}

/** Sends the planned reply, changed by the fault. Resolves when the shop has finished the request. */
export async function answer(response: ServerResponse, planned: PlannedReply, fault: Fault | undefined): Promise<void> {
  switch (fault?.kind) {
    case 'stall':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'delay':
      await sleep(fault.ms);
      return send(response, planned);
    case 'reply':
      return send(response, { ...planned, ...fault });
    case 'compressed': {
      const headers = { ...planned.headers, 'content-encoding': fault.encoding.replace('-raw', '') };
      return send(response, { ...planned, headers, body: ENCODERS[fault.encoding](planned.body) });
    }
    case 'truncate': {
      const body = head(response, planned);
      response.write(body.subarray(0, body.length / 2), () => response.socket?.destroy());
      return;
    }
    case 'slow-body': {
      const body = head(response, planned);
      for (let sent = 0; sent < body.length && !response.destroyed; sent += fault.bytes) {
        response.write(body.subarray(sent, sent + fault.bytes));
        await sleep(fault.everyMs);
      }
      response.end();
      return;
    }
    default:
      return send(response, planned);
  }
}

function send(response: ServerResponse, reply: PlannedReply): void {
  response.end(head(response, reply));
}

/** Sends the head. @returns the body, not sent yet */
function head(response: ServerResponse, { status, headers, body }: PlannedReply): Uint8Array {
  const bytes = Buffer.from(body);
  response.writeHead(status, { 'content-length': bytes.length, ...headers });
  return bytes;
}
