import type { ServerResponse } from 'node:http';
import { COMMON_HEADERS } from '../http/reply.ts';

/** Fewer than the server's connections, so that probes and other pages get through. */
const MAX_STREAMS = 60;
/** Whoever reads so slowly is gone, or does not see what is now. */
const MAX_UNSENT_BYTES = 512 * 1024;

/** The browsers that follow what happens, by server-sent events. Each message is made once for all of them. */
export class LiveStreams {
  readonly #streams = new Set<ServerResponse>();
  #places = 0;

  get size(): number {
    return this.#streams.size;
  }

  get isFull(): boolean {
    return this.#places >= MAX_STREAMS;
  }

  /** Its place is taken from now on; it is told nothing until it joins. */
  open(response: ServerResponse): void {
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
    this.#places += 1;
    response.on('close', () => {
      this.#places -= 1;
      this.#streams.delete(response);
    });
  }

  /** Told this, and from then on everything that is broadcast. */
  join(response: ServerResponse, event: string, data: string): void {
    if (response.destroyed) return;
    response.write(message(event, data));
    this.#streams.add(response);
  }

  broadcast(event: string, data: string): void {
    const text = message(event, data);
    for (const response of this.#streams) {
      if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
      else response.write(text);
    }
  }

  close(): void {
    for (const response of this.#streams) response.end();
  }
}

function message(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
