import type { ServerResponse } from 'node:http';
import { COMMON_HEADERS } from '../../../http/reply.ts';
import type { FilteredDeliveries } from './filtered-deliveries.ts';

/** Fewer than the server's connections, so that probes and new pages still get through. */
const MAX_STREAMS = 60;
/** A client that falls this far behind is gone, or sees old data. */
const MAX_UNSENT_BYTES = 512 * 1024;

/** The clients that follow by server-sent events. A broadcast is serialized once; filtered streams get messages of their own. */
export class LiveStreams {
  readonly #whole = new Set<ServerResponse>();
  readonly #filtered = new Map<ServerResponse, FilteredDeliveries>();
  #opened = 0;

  get size(): number {
    return this.#whole.size + this.#filtered.size;
  }

  get isFull(): boolean {
    return this.#opened >= MAX_STREAMS;
  }

  get filtered(): ReadonlyMap<ServerResponse, FilteredDeliveries> {
    return this.#filtered;
  }

  /** Counts against the limit from now on, but receives nothing until it joins. */
  open(response: ServerResponse): void {
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    this.#opened += 1;
    response.on('close', () => {
      this.#opened -= 1;
      this.#whole.delete(response);
      this.#filtered.delete(response);
    });
  }

  /** From now on it receives every broadcast; or, with a filter, only what is sent to it. */
  join(response: ServerResponse, filtered: FilteredDeliveries | undefined): void {
    if (filtered === undefined) this.#whole.add(response);
    else this.#filtered.set(response, filtered);
  }

  broadcast(event: string, data: string): void {
    const text = message(event, data);
    for (const response of this.#whole) write(response, text);
  }

  send(response: ServerResponse, event: string, data: string): void {
    write(response, message(event, data));
  }

  close(): void {
    for (const response of [...this.#whole, ...this.#filtered.keys()]) response.end();
  }
}

function write(response: ServerResponse, text: string): void {
  if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
  else response.write(text);
}

function message(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
