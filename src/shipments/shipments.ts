import type { Logger } from 'pino';
import { repeat } from '../async/repeat.ts';
import { checkOptions, type RabbitMQOptions } from '../broker/options.ts';
import { RabbitMQ } from '../broker/rabbitmq.ts';
import { DEFAULT_EXCHANGE } from '../broker/routing.ts';
import type { Blockage } from '../delivery/blockage.ts';
import type { Intake } from '../delivery/intake.ts';
import type { StopReport } from '../delivery/outcome.ts';
import { ConfigError } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import type { ReconciliationStore } from '../internal-system/reconciliation-store.ts';
import type { ShipmentStore } from '../internal-system/shipment-store.ts';
import { Turn } from '../internal-system/turn.ts';
import { type Depths, QueueDepths } from '../messages/queue-depths.ts';
import { deadLetterQueueName, retryQueues } from '../messages/retry-queues.ts';
import type { ShopClient } from '../shop/shop-client.ts';
import { Announcer } from './announcer.ts';
import { whyNotReport } from './can-report.ts';
import { DailyComparison } from './daily-comparison.ts';
import { type ListShipments, type PullObserver, pullShipments } from './pull.ts';
import { shipmentQueueName } from './shipment-event.ts';
import { SHIPMENT_PREFETCH, wireShipments } from './wire-shipments.ts';

const ANNOUNCE_EVERY_MS = 1_000;
const PULL_EVERY_MS = 60_000;
/** Whether a day has passed is looked at this often. */
const LOOK_EVERY_MS = 60_000;

export interface ShipmentsOptions {
  /** Of the main queue. */
  readonly rabbitmq: RabbitMQOptions;
  readonly retryDelaysMs: readonly number[];
  /** Of the broker's management API; undefined where none is configured. */
  readonly managementUrl: string | undefined;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly shopWorks: () => Promise<boolean | undefined>;
  readonly internalSystemWorks: () => Promise<boolean | undefined>;
  readonly logger: Logger;
}

/**
 * The way back: what the internal system ships is reported to the shop. Beside the orders, over connections of its own: neither
 * waits for the other.
 */
export class Shipments {
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly blockage: Blockage;
  readonly #options: ShipmentsOptions;
  readonly #stores: Stores;
  readonly #depths: QueueDepths;
  readonly #stopping = new AbortController();
  readonly #turns: Turn[] = [];
  #running: Promise<unknown> = Promise.resolve();

  /** @throws ConfigError if the shop or the internal system can't */
  constructor(options: ShipmentsOptions) {
    const { shop, retryDelaysMs, internalSystem } = options;
    this.#options = options;
    this.#stores = storesOf(shop, internalSystem);
    const rabbitmq = shipmentQueue(options.rabbitmq, retryDelaysMs);
    this.rabbit = new RabbitMQ(rabbitmq);
    const { rabbit } = this;
    this.#depths = new QueueDepths({
      ...options,
      rabbitmq,
      deadLettersInUse: () => rabbit.companion(deadLetterQueueName(rabbit.queue)),
    });
    const { intake, blockage } = wireShipments({ ...options, rabbit, store: this.#stores.shipments });
    this.intake = intake;
    this.blockage = blockage;
  }

  /** Resolves once shipments are being reported. @throws BrokerRefusedError */
  async start(): Promise<void> {
    await this.rabbit.open();
    await this.intake.start();
    this.#running = Promise.all([this.#announce(), this.#pull(), this.#compare()]);
  }

  /** Of the shipments' queues. Never rejects. */
  depths(): Promise<Depths> {
    return this.#depths.look();
  }

  /** Like `Intake.stop`. */
  async stop(timeoutMs: number): Promise<StopReport> {
    this.#stopping.abort();
    const report = await this.intake.stop(timeoutMs);
    await Promise.all([this.rabbit.close(), this.#depths.close()]);
    await this.#running;
    await Promise.all(this.#turns.map((turn) => turn.end()));
    return report;
  }

  async crash(): Promise<void> {
    await this.intake.crash();
    await this.rabbit.close();
  }

  #announce(): Promise<void> {
    const announcer = new Announcer({
      store: this.#stores.shipments,
      rabbit: this.rabbit,
      turn: this.#turn('announce'),
      depths: () => this.depths(),
      inFlight: () => this.intake.inFlight,
    });
    return this.#repeat(ANNOUNCE_EVERY_MS, 'announcing shipments failed', () => announcer.announce());
  }

  async #pull(): Promise<void> {
    const { internalSystem, logger } = this.#options;
    const list = listerOf(internalSystem);
    if (list === undefined) return;
    const turn = this.#turn('erp-shipments');
    const observer: PullObserver = {
      waits: (problem) => logger.info({ error: problem }, 'a shipment of the ERP waits for its order'),
      refused: (problem) => logger.error({ error: problem }, 'a shipment of the ERP can not be recorded'),
    };
    await this.#repeat(PULL_EVERY_MS, "the ERP's shipments could not be read", () =>
      pullShipments(list, internalSystem, turn, this.#stopping.signal, observer),
    );
  }

  async #compare(): Promise<void> {
    const { shop, internalSystem: system, logger } = this.#options;
    if (shop.listShipments === undefined) return;
    const comparison = new DailyComparison({
      ...{ shop, system, logger },
      store: this.#stores.shipments,
      turn: this.#turn('compare-shipments'),
      isPaused: () => this.intake.outage !== undefined,
      stopping: this.#stopping.signal,
    });
    await this.#repeat(LOOK_EVERY_MS, 'comparing shipments failed', () => comparison.compareIfDue());
  }

  /** One line when something begins to fail, however often it does; the next round makes up for it. */
  #repeat(everyMs: number, failing: string, work: () => Promise<unknown>): Promise<void> {
    const { logger } = this.#options;
    let isFailing = false;
    const round = async () => {
      if (this.intake.isHeld) return;
      await work();
      isFailing = false;
    };
    return repeat(everyMs, this.#stopping.signal, round, (error) => {
      logger[isFailing ? 'debug' : 'warn']({ err: error }, failing);
      isFailing = true;
    });
  }

  #turn(name: ConstructorParameters<typeof Turn>[1]): Turn {
    const turn = new Turn(this.#stores.reconciliation, name);
    this.#turns.push(turn);
    return turn;
  }
}

interface Stores {
  readonly shipments: ShipmentStore;
  readonly reconciliation: ReconciliationStore;
}

function storesOf(shop: ShopClient, { shipments, reconciliation }: InternalSystem): Stores {
  const problem = whyNotReport(shop);
  if (problem !== undefined) throw new ConfigError([problem]);
  if (shipments === undefined || reconciliation === undefined)
    throw new ConfigError(['REPORT_SHIPMENTS is true, but this internal system keeps no shipments.']);
  return { shipments, reconciliation };
}

/** The internal system behind a sink may know shipments that nobody entered here. */
function listerOf(system: InternalSystem): ListShipments | undefined {
  return system.listShipments?.bind(system);
}

/** The options of the shipments' queue, beside the main one. */
export function shipmentQueue(main: RabbitMQOptions, retryDelaysMs: readonly number[]): RabbitMQOptions {
  const { routingKey: _, exchangeType: __, ...options } = main;
  const { queueType } = checkOptions(main).topology;
  const queue = shipmentQueueName(main.queue);
  return {
    ...options,
    exchange: DEFAULT_EXCHANGE,
    queue,
    declare: 'active',
    prefetch: SHIPMENT_PREFETCH,
    companionQueues: retryQueues(queue, queueType, retryDelaysMs),
    connectionName: 'order-sync shipments',
  };
}
