import type { ServerResponse } from 'node:http';
import { COMMON_HEADERS } from '../../http/reply.ts';
import type { FilteredDeliveries } from './filtered-deliveries.ts';

/** Fewer than the server's connections, so that probes and other pages get through. */
const MAX_STREAMS = 60;
/** Whoever reads so slowly is gone, or does not see what is now. */
const MAX_UNSENT_BYTES = 512 * 1024;

/** Those who follow what happens, by server-sent events. A message for all is made once; who filters gets its own. */
export class LiveStreams {
  readonly #whole = new Set<ServerResponse>();
  readonly #filtered = new Map<ServerResponse, FilteredDeliveries>();
  #places = 0;

  get size(): number {
    return this.#whole.size + this.#filtered.size;
  }

  get isFull(): boolean {
    return this.#places >= MAX_STREAMS;
  }

  get filtered(): ReadonlyMap<ServerResponse, FilteredDeliveries> {
    return this.#filtered;
  }

  /** Its place is taken from now on; it is told nothing until it joins. */
  open(response: ServerResponse): void {
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    this.#places += 1;
    response.on('close', () => {
      this.#places -= 1;
      this.#whole.delete(response);
      this.#filtered.delete(response);
    });
  }

  /** From then on it is told everything that is broadcast; or, with a filter, what is sent to it. */
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
