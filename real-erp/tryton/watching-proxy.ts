import { once } from 'node:events';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

/** When something happens: before Tryton gets the call, or when it has answered and nobody has heard yet. */
export type Moment = 'before' | 'after';

interface Ambush {
  readonly method: string;
  readonly moment: Moment;
  readonly act: () => Promise<void>;
}

/** Between order-sync and Tryton: what happens at a certain call of its models. */
export class WatchingProxy {
  readonly #target: string;
  readonly #server: Server;
  #ambush: Ambush | undefined;
  #port = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((request, response) => {
      this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(target: string): Promise<WatchingProxy> {
    const proxy = new WatchingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    const address = proxy.#server.address();
    proxy.#port = typeof address === 'object' && address !== null ? address.port : 0;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Once, at the next call of `sale.sale`'s method, whose reply is lost. @returns when it has happened */
  next(method: string, moment: Moment, act: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = async () => await act().then(resolve, reject);
      this.#ambush = { method: `model.sale.sale.${method}`, moment, act: done };
    });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const ambush = this.#ambush;
    const isMeant = ambush !== undefined && body.includes(`"${ambush.method}"`);
    if (isMeant) this.#ambush = undefined;
    if (isMeant && ambush.moment === 'before') {
      response.destroy();
      return await ambush.act();
    }
    const { status, headers, content } = await this.#ask(request, body);
    if (isMeant) {
      response.destroy();
      return await ambush.act();
    }
    response.writeHead(status, headers).end(content);
  }

  async #ask({ method = 'POST', url = '/', headers }: IncomingMessage, body: Buffer) {
    const outgoing = httpRequest(new URL(url, this.#target), { method, headers: { ...headers, connection: 'close' } });
    outgoing.end(body);
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
    if (incoming === undefined) throw new Error('no reply');
    const content = await buffer(incoming);
    return { status: incoming.statusCode ?? 502, headers: incoming.headers, content };
  }
}
