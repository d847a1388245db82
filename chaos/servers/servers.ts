import { requireInstalled } from '../../test/helpers/servers/installed.ts';
import { startMariadb } from '../../test/helpers/servers/mariadb.ts';
import { startPostgres } from '../../test/helpers/servers/postgres.ts';
import { type PostgresPair, startPostgresPair } from '../../test/helpers/servers/postgres-pair.ts';
import type { PrivateServer } from '../../test/helpers/servers/private-server.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../../test/helpers/servers/rabbitmq.ts';
import { type RabbitMQCluster, startRabbitMQCluster } from '../../test/helpers/servers/rabbitmq-cluster.ts';
import { rabbitMQ4 } from './rabbitmq4.ts';

/** The daemon's broker user. The password is part of its URL, and must appear nowhere else. */
export const BROKER_USER = 'chaos';
export const BROKER_PASSWORD = 'canary-Mq-4Xv9';

export type BrokerVersion = '3.10' | '4.0';

/** @param addresses `host:port` of each node */
export function brokerUrl(...addresses: readonly string[]): string {
  return `amqp://${BROKER_USER}:${BROKER_PASSWORD}@${addresses.join(',')}`;
}

/** Private servers, started on first use. Cases share them, but each has its own queues and its own database. */
export class Servers implements AsyncDisposable {
  readonly #brokerVersion: BrokerVersion;
  #broker: Promise<PrivateRabbitMQ> | undefined;
  #cluster: Promise<RabbitMQCluster> | undefined;
  readonly #databases = new Map<string, Promise<PrivateServer>>();
  #postgresPair: Promise<PostgresPair> | undefined;

  constructor(brokerVersion: BrokerVersion) {
    this.#brokerVersion = brokerVersion;
  }

  rabbitmq(): Promise<PrivateRabbitMQ> {
    this.#broker ??= this.#startRabbitMQ();
    return this.#broker;
  }

  cluster(): Promise<RabbitMQCluster> {
    this.#cluster ??= this.#startCluster();
    return this.#cluster;
  }

  postgres(): Promise<PrivateServer> {
    return this.#once('postgres', () => startPostgres());
  }

  /** Both run, and the standby follows. */
  async postgresPair(): Promise<PostgresPair> {
    this.#postgresPair ??= startPostgresPair();
    const pair = await this.#postgresPair;
    await pair.mend();
    return pair;
  }

  mariadb(): Promise<PrivateServer> {
    return this.#once('mariadb', () => startMariadb({ 'innodb-flush-log-at-trx-commit': '2' }));
  }

  /** Stops all of them. The next use starts fresh ones. */
  async [Symbol.asyncDispose](): Promise<void> {
    const running = [this.#broker, this.#cluster, this.#postgresPair, ...this.#databases.values()];
    this.#broker = undefined;
    this.#cluster = undefined;
    this.#postgresPair = undefined;
    this.#databases.clear();
    for (const server of running) await (await server?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  #once(key: string, start: () => Promise<PrivateServer>): Promise<PrivateServer> {
    const known = this.#databases.get(key) ?? start();
    this.#databases.set(key, known);
    return known;
  }

  async #startRabbitMQ(): Promise<PrivateRabbitMQ> {
    const broker = await startRabbitMQ([], [], this.#binaries());
    await addUser(broker);
    return broker;
  }

  async #startCluster(): Promise<RabbitMQCluster> {
    const cluster = await startRabbitMQCluster(this.#binaries());
    await addUser(cluster.nodes[0]);
    return cluster;
  }

  #binaries(): string {
    return this.#brokerVersion === '4.0' ? rabbitMQ4() : requireInstalled('rabbitmq');
  }
}

async function addUser({ ctl }: PrivateRabbitMQ): Promise<void> {
  // The port may be open before the users are loaded.
  await ctl('await_startup');
  await ctl('add_user', BROKER_USER, BROKER_PASSWORD);
  await ctl('set_permissions', BROKER_USER, '.*', '.*', '.*');
}
