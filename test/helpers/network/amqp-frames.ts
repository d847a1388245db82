/** Just enough of AMQP 0-9-1's wire format to recognise methods, messages and settlements. */

export interface Frame {
  /** `header` is the client's protocol header: its first eight bytes, which are not a frame. */
  readonly kind: 'method' | 'content-header' | 'content-body' | 'heartbeat' | 'header';
  readonly channel: number;
  readonly payload: Buffer;
  /** The whole frame, as received. */
  readonly bytes: Buffer;
}

const KINDS: Readonly<Record<number, Frame['kind']>> = {
  1: 'method',
  2: 'content-header',
  3: 'content-body',
  8: 'heartbeat',
};

/** Splits a stream of bytes into frames, however it is chunked. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    for (let size = this.#nextSize(); size !== undefined && this.#rest.length >= size; size = this.#nextSize()) {
      frames.push(asFrame(this.#rest.subarray(0, size)));
      this.#rest = this.#rest.subarray(size);
    }
    return frames;
  }

  #nextSize(): number | undefined {
    if (this.#rest.length < 8) return undefined;
    if (this.#rest.subarray(0, 4).toString('latin1') === 'AMQP') return 8;
    return 7 + this.#rest.readUInt32BE(3) + 1;
  }
}

function asFrame(bytes: Buffer): Frame {
  const kind = KINDS[bytes[0] ?? 0] ?? 'header';
  if (kind === 'header') return { kind, channel: 0, payload: bytes, bytes };
  return { kind, channel: bytes.readUInt16BE(1), payload: bytes.subarray(7, -1), bytes };
}

const METHODS: Readonly<Record<string, string>> = {
  '10.10': 'connection.start',
  '10.11': 'connection.start-ok',
  '10.30': 'connection.tune',
  '10.40': 'connection.open',
  '10.41': 'connection.open-ok',
  '10.50': 'connection.close',
  '10.51': 'connection.close-ok',
  '20.10': 'channel.open',
  '20.11': 'channel.open-ok',
  '20.40': 'channel.close',
  '40.11': 'exchange.declare-ok',
  '50.10': 'queue.declare',
  '50.11': 'queue.declare-ok',
  '50.21': 'queue.bind-ok',
  '60.11': 'basic.qos-ok',
  '60.20': 'basic.consume',
  '60.21': 'basic.consume-ok',
  '60.30': 'basic.cancel',
  '60.40': 'basic.publish',
  '60.50': 'basic.return',
  '60.60': 'basic.deliver',
  '60.70': 'basic.get',
  '60.71': 'basic.get-ok',
  '60.80': 'basic.ack',
  '60.90': 'basic.reject',
  '60.120': 'basic.nack',
  '85.11': 'confirm.select-ok',
};

/** Methods followed by a message. */
const WITH_CONTENT = new Set(['basic.publish', 'basic.return', 'basic.deliver', 'basic.get-ok']);

export function methodName({ payload }: Frame): string {
  const id = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`;
  return METHODS[id] ?? id;
}

export function hasContent(method: string): boolean {
  return WITH_CONTENT.has(method);
}

/** How many bytes of body follow the content header. */
export function bodySize(header: Frame): number {
  return Number(header.payload.readBigUInt64BE(4));
}

/** Of an ack, nack or reject. */
export function settlementOf({ payload }: Frame): { tag: number; multiple: boolean } {
  return { tag: Number(payload.readBigUInt64BE(4)), multiple: ((payload[12] ?? 0) & 1) === 1 };
}

export function deliveryOf(
  method: string,
  { payload }: Frame,
): { tag: number; redelivered: boolean; routingKey: string } {
  // `deliver` begins with the consumer tag, a short string.
  const at = method === 'basic.deliver' ? 5 + (payload[4] ?? 0) : 4;
  return {
    tag: Number(payload.readBigUInt64BE(at)),
    redelivered: ((payload[at + 8] ?? 0) & 1) === 1,
    routingKey: routingKeyAt(payload, at + 9),
  };
}

/** Of a publish. */
export function routingKeyOf({ payload }: Frame): string {
  // After two reserved bytes.
  return routingKeyAt(payload, 6);
}

/** Reads the routing key behind the exchange, both short strings. @param at where the exchange begins */
function routingKeyAt(payload: Buffer, at: number): string {
  const key = at + 1 + (payload[at] ?? 0);
  return payload.subarray(key + 1, key + 1 + (payload[key] ?? 0)).toString();
}

/** The message id in a message's properties; undefined without one. */
export function messageIdOf({ payload }: Frame): string | undefined {
  const flags = payload.readUInt16BE(12);
  const has = (bit: number) => (flags & (1 << bit)) !== 0;
  let at = 14;
  const skipShortString = () => {
    at += 1 + (payload[at] ?? 0);
  };
  if (has(15)) skipShortString(); // content type
  if (has(14)) skipShortString(); // content encoding
  if (has(13)) at += 4 + payload.readUInt32BE(at); // headers
  if (has(12)) at += 1; // delivery mode
  if (has(11)) at += 1; // priority
  if (has(10)) skipShortString(); // correlation id
  if (has(9)) skipShortString(); // reply to
  if (has(8)) skipShortString(); // expiration
  return has(7) ? payload.subarray(at + 1, at + 1 + (payload[at] ?? 0)).toString() : undefined;
}
