import { startMariadb } from '../../test/helpers/servers/mariadb.ts';
import { startPostgres } from '../../test/helpers/servers/postgres.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../../test/helpers/servers/rabbitmq.ts';
import { startRabbitMQ4 } from './rabbitmq4.ts';

/** The daemon's user at the broker. The password stands in its URL, and must stand nowhere else. */
export const BROKER_USER = 'chaos';
export const BROKER_PASSWORD = 'canary-Mq-4Xv9';

export type BrokerVersion = '3.10' | '4.0';

/**
 * Private servers, started when first asked for. Cases that leave them as they found them share them; each has queues and a
 * database of its own there.
 */
export class Servers implements AsyncDisposable {
  readonly #brokerVersion: BrokerVersion;
  #broker: Promise<PrivateRabbitMQ> | undefined;
  readonly #databases = new Map<string, Promise<PrivateServer>>();

  constructor(brokerVersion: BrokerVersion) {
    this.#brokerVersion = brokerVersion;
  }

  rabbitmq(): Promise<PrivateRabbitMQ> {
    this.#broker ??= this.#startRabbitMQ();
    return this.#broker;
  }

  postgres(): Promise<PrivateServer> {
    return this.#once('postgres', () => startPostgres());
  }

  mariadb(): Promise<PrivateServer> {
    return this.#once('mariadb', () => startMariadb({ 'innodb-flush-log-at-trx-commit': '2' }));
  }

  /** Not for good: who asks next gets fresh ones. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = [this.#broker, ...this.#databases.values()];
    this.#broker = undefined;
    this.#databases.clear();
    for (const server of running) await (await server?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  #once(key: string, start: () => Promise<PrivateServer>): Promise<PrivateServer> {
    const known = this.#databases.get(key) ?? start();
    this.#databases.set(key, known);
    return known;
  }

  async #startRabbitMQ(): Promise<PrivateRabbitMQ> {
    const broker = await (this.#brokerVersion === '4.0' ? startRabbitMQ4() : startRabbitMQ());
    // Its port may be open before it knows its users.
    await broker.ctl('await_startup');
    await broker.ctl('add_user', BROKER_USER, BROKER_PASSWORD);
    await broker.ctl('set_permissions', BROKER_USER, '.*', '.*', '.*');
    return broker;
  }
}
