import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DemoShop, FaultHook } from '../../demo/demo-shop.ts';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { serverFolder } from '../../test/helpers/servers/private-server.ts';
import type { PrivateRabbitMQ } from '../../test/helpers/servers/rabbitmq.ts';
import type { RabbitMQCluster } from '../../test/helpers/servers/rabbitmq-cluster.ts';
import { type ChaosCommand, startCommand } from '../daemon/command.ts';
import { ChaosDaemon } from '../daemon/daemon.ts';
import { type DatabaseKind, type InternalDatabase, installAudit, storedContent } from '../servers/internal-database.ts';
import { openDatabase } from '../servers/open-database.ts';
import { brokerUrl, type Servers } from '../servers/servers.ts';
import { type AmqpProxy, startAmqpProxy } from '../wire/amqp-proxy.ts';
import { type DatabaseProxy, startDatabaseProxy } from '../wire/database-proxy.ts';
import { WireWatch } from '../wire/wire-watch.ts';
import { type ChaosShop, SHOP_TOKEN, startChaosShop } from './chaos-shop.ts';
import { type PlanOptions, planWorkload, type Step } from './plan.ts';
import { ChaosPublisher } from './publisher.ts';
import { Random } from './random.ts';

export interface SceneOptions {
  readonly seed: number;
  readonly database: DatabaseKind;
  /** With a PostgreSQL standby: the daemon's URL names both servers, and no proxy stands before them. @defaultValue false */
  readonly hasStandby?: boolean;
  readonly queueType: 'classic' | 'quorum';
  readonly plan?: PlanOptions;
  /** Events a second. @defaultValue 80 */
  readonly perSecond?: number;
  /** How far the shop's clock is ahead, in ms. @defaultValue 0 */
  readonly shopAheadMs?: number;
  /** Orders whose events the shop never publishes. @defaultValue none */
  readonly withholds?: (orderNumber: string) => boolean;
  /** @defaultValue [300, 600, 1_200] */
  readonly retryDelaysMs?: readonly number[];
  /** Extra variables for the daemon's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly prefetch?: number;
  /** Whether the broker is a cluster of three nodes, which daemons and publisher have as a list. @defaultValue false */
  readonly onCluster?: boolean;
}

/** How long the shop takes to answer, so that a fault hits orders in flight. */
const SHOP_LATENCY_MS = 40;

const RETRY_DELAYS_MS: readonly number[] = [300, 600, 1_200];

/** Everything that one case is played with. Only the servers may be shared with the next case. */
export class Scene implements AsyncDisposable {
  readonly options: SceneOptions;
  readonly random: Random;
  readonly queue: string;
  readonly folder: string;
  /** On a cluster, its first node. */
  readonly broker: PrivateRabbitMQ;
  readonly cluster: RabbitMQCluster | undefined;
  /** In front of `broker`. */
  readonly amqp: AmqpProxy;
  readonly #brokerUrl: string;
  readonly wire: WireWatch;
  readonly database: InternalDatabase;
  /** Undefined for SQLite, and with a standby. */
  readonly databaseProxy: DatabaseProxy | undefined;
  readonly chaosShop: ChaosShop;
  readonly publisher: ChaosPublisher;
  readonly daemons: ChaosDaemon[] = [];
  readonly #leftovers = new AsyncDisposableStack();
  readonly #awaited = new Set<string>();
  #healedAt: number | undefined;
  #isOver = false;

  private constructor(parts: Parts, options: SceneOptions) {
    this.options = options;
    this.random = parts.random;
    this.queue = parts.queue;
    this.folder = parts.folder;
    this.broker = parts.broker;
    this.cluster = parts.cluster;
    this.amqp = parts.amqp;
    this.#brokerUrl = parts.brokerUrl;
    this.wire = parts.wire;
    this.database = parts.database;
    this.databaseProxy = parts.databaseProxy;
    this.chaosShop = parts.chaosShop;
    this.publisher = parts.publisher;
    this.#leftovers.use(parts.leftovers);
  }

  static async set(servers: Servers, options: SceneOptions): Promise<Scene> {
    await using unfinished = new AsyncDisposableStack();
    const random = new Random(options.seed);
    const queue = `chaos.${options.seed}.${Date.now().toString(36)}`;
    const folder = serverFolder('chaos');
    unfinished.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const cluster = options.onCluster ? await servers.cluster() : undefined;
    const nodes = cluster?.nodes ?? ([await servers.rabbitmq()] as const);
    const [broker] = nodes;
    const amqp = unfinished.use(await proxyFor(broker));
    const proxies = [amqp];
    for (const node of nodes.slice(1)) proxies.push(unfinished.use(await proxyFor(node)));
    const database = unfinished.use(await openDatabase(options, servers, folder));
    const proxied = database.pair === undefined ? database.server : undefined;
    const databaseProxy = proxied && unfinished.use(await startDatabaseProxy(database.kind, proxied));
    const steps = planWorkload(random.fork('plan'), options.plan ?? {});
    const clockAheadMs = options.shopAheadMs ?? 0;
    const chaosShop = unfinished.use(await startChaosShop(steps, { latencyMs: SHOP_LATENCY_MS, clockAheadMs }));
    const publisher = unfinished.use(
      new ChaosPublisher({
        steps,
        url: brokerUrl(...nodes.map(({ address }) => address)),
        queue,
        queueType: options.queueType,
        put: (order) => chaosShop.put(order),
        random: random.fork('publisher'),
        perSecond: options.perSecond ?? 80,
        withholds: options.withholds ?? (() => false),
      }),
    );
    const orders = orderNumbersOf(steps);
    const wire = new WireWatch(proxies, async (messageId) => {
      const orderNumber = orders.get(messageId ?? '');
      return orderNumber === undefined ? undefined : await storedContent(database, orderNumber);
    });
    const parts = { random, queue, folder, broker, cluster, amqp, wire, database, databaseProxy, chaosShop, publisher };
    const url = brokerUrl(...proxies.map(({ port }) => `127.0.0.1:${port}`));
    return new Scene({ ...parts, brokerUrl: url, leftovers: unfinished.move() }, options);
  }

  get prefetch(): number {
    return this.options.prefetch ?? 16;
  }

  get retryDelaysMs(): readonly number[] {
    return this.options.retryDelaysMs ?? RETRY_DELAYS_MS;
  }

  get shop(): DemoShop {
    return this.chaosShop.server;
  }

  /** Starts daemons, waits until they are ready, and installs the database's audit. */
  async begin(daemons = 1): Promise<void> {
    for (let count = 0; count < daemons; count += 1) await (await this.startDaemon()).ready();
    await this.auditFromNowOn();
  }

  /** For cases that start their daemons themselves. The tables must exist. */
  async auditFromNowOn(): Promise<void> {
    await installAudit(this.database);
  }

  /** @param wrapper see ChaosDaemon */
  async startDaemon(env: Readonly<Record<string, string>> = {}, wrapper?: readonly string[]): Promise<ChaosDaemon> {
    const [opsPort = 0] = await freePorts(1);
    if (this.#isOver) throw new Error('the case is over');
    const daemon = new ChaosDaemon({
      name: `daemon ${this.daemons.length + 1}`,
      folder: this.folder,
      opsPort,
      env: { ...this.#environment(), ...env },
      ...(wrapper === undefined ? {} : { wrapper }),
    });
    this.daemons.push(daemon);
    return daemon;
  }

  /** Runs another `order-sync` command, in the daemon's environment. */
  startCommand(...words: readonly string[]): ChaosCommand {
    return startCommand(words, this.folder, this.#environment());
  }

  /** The one that was started last. */
  get daemon(): ChaosDaemon {
    const last = this.daemons.at(-1);
    if (last === undefined) throw new Error('no daemon was started');
    return last;
  }

  /** What the shop does wrong from now on, besides the 404 for late orders. */
  setShopFaults(faults: FaultHook | undefined): void {
    this.chaosShop.setFaults(faults);
  }

  /** Resolves when this share of the events, from 0 to 1, has been published. */
  progress(share: number): Promise<void> {
    return this.#awaiting(`${share * 100} % are published`, this.publisher.progress(share));
  }

  /** To be undone when the scene is taken down. */
  defer(undo: () => PromiseLike<void>): void {
    this.#leftovers.defer(undo);
  }

  /** The fault is over: the recovery time starts. */
  healed(): void {
    this.#healedAt = performance.now();
  }

  get healedAt(): number | undefined {
    return this.#healedAt;
  }

  /** Waits until the condition holds. @throws Error after the time limit: the case could not be played as intended */
  until(what: string, holds: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
    return this.#awaiting(what, this.#poll(what, holds, limitMs));
  }

  /** How far it got, for the report of a case that does not finish. */
  describe(): string {
    const { publisher, wire, daemons } = this;
    const awaited = this.#awaited.size === 0 ? '' : `waiting until ${[...this.#awaited].join(', and until ')}; `;
    const running = daemons.filter(({ isRunning }) => isRunning).map(({ name }) => name);
    const counts = `${publisher.published} of ${publisher.total} events published, ${wire.settled} deliveries settled`;
    return `${awaited}${counts}; running: ${running.join(', ') || 'no daemon'}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const daemon of this.daemons) await daemon.kill();
    await this.#leftovers.disposeAsync();
  }

  async #poll(what: string, holds: () => boolean | Promise<boolean>, limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (!(await holds())) {
      if (this.#isOver) throw new Error('the case is over');
      if (performance.now() > deadline)
        throw new Error(`waited ${limitMs} ms in vain until ${what}: ${this.describe()}`);
      await sleep(20);
    }
  }

  async #awaiting(what: string, work: Promise<void>): Promise<void> {
    this.#awaited.add(what);
    try {
      await work;
    } finally {
      this.#awaited.delete(what);
    }
  }

  #environment(): Record<string, string> {
    return {
      RABBITMQ_URL: this.#brokerUrl,
      RABBITMQ_EXCHANGE: this.queue,
      RABBITMQ_QUEUE: this.queue,
      RABBITMQ_ROUTING_KEY: this.queue,
      RABBITMQ_QUEUE_TYPE: this.options.queueType,
      RABBITMQ_PREFETCH: String(this.prefetch),
      RETRY_DELAYS_MS: this.retryDelaysMs.join(','),
      SHOP_BASE_URL: this.shop.url,
      SHOP_TOKEN,
      INTERNAL_SYSTEM_URL: this.database.url(this.databaseProxy?.port),
      // Where it is not what a case is about, it would hide what was lost.
      RECONCILE_EVERY_MS: '0',
      ...this.options.env,
    };
  }
}

type Parts = Pick<
  Scene,
  | 'random'
  | 'queue'
  | 'folder'
  | 'broker'
  | 'cluster'
  | 'amqp'
  | 'wire'
  | 'database'
  | 'databaseProxy'
  | 'chaosShop'
  | 'publisher'
> & { readonly brokerUrl: string; readonly leftovers: AsyncDisposableStack };

function proxyFor({ address, port }: PrivateRabbitMQ): Promise<AmqpProxy> {
  return startAmqpProxy({ host: address.slice(0, -`:${port}`.length), port });
}

function orderNumbersOf(steps: readonly Step[]): Map<string, string | undefined> {
  return new Map(steps.flatMap((step) => (step.kind === 'publish' ? [[step.event.id, step.event.orderNumber]] : [])));
}
