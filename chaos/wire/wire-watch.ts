import { type AckRecord, UNAVAILABLE, type WireRecords } from '../checks/records.ts';
import type { AmqpProxy, AmqpStep, Verdict } from './amqp-proxy.ts';

/** Reads the stored content of a message's order; undefined without an order or a row. */
export type Look = (messageId: string | undefined) => Promise<string | undefined>;

/**
 * Watches the wire between daemons and the broker's nodes: counts deliveries, tracks unsettled ones, and holds each ack back until
 * another database connection has read what is stored at that moment.
 */
export class WireWatch {
  readonly #look: Look;
  readonly #channels = new Map<string, ChannelState>();
  readonly #acks: AckRecord[] = [];
  readonly #arrivals: WireRecords['arrivals'][number][] = [];
  readonly #waits: WireRecords['waits'][number][] = [];
  #copies: Copy[] = [];
  #deliveries = 0;
  #redeliveries = 0;
  #maxUnacked = 0;
  #settled = 0;
  #settledAt = 0;
  #clock = 0;
  #unseenUntil = 0;
  /** When the acks of written orders were sent, by `performance.now()`. */
  readonly writtenAt: number[] = [];

  /** @param proxies one for each node */
  constructor(proxies: readonly AmqpProxy[], look: Look) {
    this.#look = look;
    for (const [node, proxy] of proxies.entries()) proxy.intercept((step) => this.#see(step, node));
  }

  /** Deliveries settled so far, in any way. */
  get settled(): number {
    return this.#settled;
  }

  /** When the last one was settled, by `performance.now()`. */
  get settledAt(): number {
    return this.#settledAt;
  }

  get deliveries(): number {
    return this.#deliveries;
  }

  /** The acks of what is unsettled now are not looked at: what they are true of is gone. */
  overlookUnsettled(): void {
    this.#unseenUntil = this.#clock;
  }

  records(): WireRecords {
    return {
      deliveries: this.#deliveries,
      redeliveries: this.#redeliveries,
      acks: this.#acks,
      maxUnacked: this.#maxUnacked,
      arrivals: this.#arrivals,
      waits: this.#waits,
    };
  }

  async #see(step: AmqpStep, node: number): Promise<Verdict | undefined> {
    this.#clock += 1;
    const state = this.#channel(step, node);
    if (step.direction === 'to-client') this.#hear(step, state);
    else if (step.method === 'basic.publish') this.#publish(step, state);
    else if (step.method === 'basic.ack') await this.#witness(step, state);
    else if (step.method === 'basic.nack' || step.method === 'basic.reject') this.#settle(step, state);
    return undefined;
  }

  #publish({ messageId, routingKey = '' }: AmqpStep, state: ChannelState): void {
    state.published += 1;
    state.unconfirmed.set(state.published, { messageId, isReturned: false, isReplay: !isCompanion(routingKey) });
    const delayMs = /\.retry\.(\d+)$/.exec(routingKey)?.[1];
    if (delayMs === undefined && isCompanion(routingKey)) return;
    // A replayed dead letter may be delivered at once.
    const sentAt = performance.now();
    this.#waits.push({ messageId, sentAt, dueAt: sentAt + Number(delayMs ?? 0) });
  }

  #hear(step: AmqpStep, state: ChannelState): void {
    const { tag = 0, multiple = false } = step;
    switch (step.method) {
      case 'basic.deliver':
      case 'basic.get-ok': {
        const isDeadLetter = isCompanion(step.routingKey ?? '');
        state.unsettled.set(tag, { messageId: step.messageId, isDeadLetter, at: this.#clock });
        // One that a command reads is not a delivery to a daemon.
        if (isDeadLetter) return;
        this.#deliveries += 1;
        if (step.redelivered) this.#redeliveries += 1;
        else this.#arrivals.push({ messageId: step.messageId, at: performance.now() });
        this.#maxUnacked = Math.max(this.#maxUnacked, state.unsettled.size);
        return;
      }
      case 'basic.return':
        // A return arrives before the confirm of the same message.
        for (const publish of state.unconfirmed.values())
          if (publish.messageId === step.messageId) publish.isReturned = true;
        return;
      case 'basic.ack':
        for (const [seq, { messageId, isReturned, isReplay }] of covered(state.unconfirmed, tag, multiple)) {
          state.unconfirmed.delete(seq);
          if (!isReturned) this.#copies.push({ messageId, isReplay, at: this.#clock });
        }
        return;
      case 'basic.nack':
        for (const [seq] of covered(state.unconfirmed, tag, multiple)) state.unconfirmed.delete(seq);
    }
  }

  async #witness(step: AmqpStep, state: ChannelState): Promise<void> {
    const acked = this.#settle(step, state);
    for (const { messageId, isDeadLetter, at } of acked) {
      // One confirmed copy justifies one ack.
      const copy = this.#copies.find((candidate) => candidate.messageId === messageId && candidate.at > at);
      if (copy !== undefined) this.#copies = this.#copies.filter((candidate) => candidate !== copy);
      if (copy === undefined) this.writtenAt.push(performance.now());
      const stored = at <= this.#unseenUntil ? UNAVAILABLE : await this.#look(messageId);
      const isReplay = isDeadLetter || copy?.isReplay === true;
      this.#acks.push({ messageId, stored, confirmedCopies: copy === undefined ? 0 : 1, isReplay });
    }
  }

  #settle({ tag = 0, multiple = false }: AmqpStep, state: ChannelState): UnsettledDelivery[] {
    const settled = covered(state.unsettled, tag, multiple);
    for (const [each] of settled) state.unsettled.delete(each);
    this.#settled += settled.length;
    this.#settledAt = performance.now();
    return settled.map(([, delivery]) => delivery);
  }

  #channel({ connection, channel }: AmqpStep, node: number): ChannelState {
    const key = `${node}/${connection}/${channel}`;
    const known = this.#channels.get(key);
    if (known !== undefined) return known;
    const state: ChannelState = { unsettled: new Map(), unconfirmed: new Map(), published: 0 };
    this.#channels.set(key, state);
    return state;
  }
}

interface ChannelState {
  readonly unsettled: Map<number, UnsettledDelivery>;
  readonly unconfirmed: Map<number, Omit<Copy, 'at'> & { isReturned: boolean }>;
  published: number;
}

interface UnsettledDelivery {
  readonly messageId: string | undefined;
  readonly isDeadLetter: boolean;
  readonly at: number;
}

interface Copy {
  readonly messageId: string | undefined;
  /** Sent back to the main queue, as `dead-letters replay` does. */
  readonly isReplay: boolean;
  readonly at: number;
}

/** True for the queues of retries and dead letters. */
function isCompanion(routingKey: string): boolean {
  return /\.retry\.\d+$|\.dead-letters(?:\.2)?$/.test(routingKey);
}

function covered<T>(entries: ReadonlyMap<number, T>, tag: number, multiple: boolean): [number, T][] {
  return [...entries].filter(([each]) => each === tag || (multiple && (tag === 0 || each < tag)));
}
