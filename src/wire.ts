import type { Logger } from 'pino';
import type { RabbitMQ } from './broker/rabbitmq.ts';
import type { Config } from './config/load-config.ts';
import type { Attempt } from './delivery/attempt.ts';
import { Blockage } from './delivery/blockage.ts';
import { FreshDeliveries } from './delivery/fresh-deliveries.ts';
import { Intake } from './delivery/intake.ts';
import { knownOrders } from './delivery/known-orders.ts';
import { recordInLedger } from './delivery/ledger-entry.ts';
import { OutageDetector } from './delivery/outage-detector.ts';
import { crashDelivery, interruptDelivery, type Pipeline, processDelivery } from './delivery/process-delivery.ts';
import { Settler } from './delivery/settle.ts';
import { traced } from './delivery/traced-delivery.ts';
import type { Dependency } from './errors.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import { OrderDeliverer } from './internal-system/order-deliverer.ts';
import { OrderWriter } from './internal-system/order-writer.ts';
import { logBlockage, logIntake, logShopLimits } from './logging/daemon-log.ts';
import { OrderFetcher } from './shop/order-fetcher.ts';
import type { ShopClient } from './shop/shop-client.ts';

/** A user's shop adapter has no SHOP_CONCURRENCY: it can limit itself. */
const ADAPTER_CONCURRENCY = 16;

/** The way of a delivery, wired together. */
export interface Wired {
  readonly intake: Intake;
  readonly fetcher: OrderFetcher;
  readonly writer: OrderWriter;
  readonly deliverer: OrderDeliverer | undefined;
  readonly blockage: Blockage;
  /** Whether each gets an order through right now; undefined if none is known. @throws SyncError `interrupted` */
  readonly works: Readonly<Record<Dependency, () => Promise<boolean | undefined>>>;
}

export function wire(
  { rabbitmq, retryDelaysMs, shop: shopConfig }: Config,
  logger: Logger,
  parts: {
    readonly rabbit: RabbitMQ;
    readonly shop: ShopClient;
    readonly internalSystem: InternalSystem;
    readonly remember: (attempt: Attempt) => void;
  },
): Wired {
  const { rabbit, shop, internalSystem, remember } = parts;
  const writer = new OrderWriter(internalSystem);
  const { delivery } = internalSystem;
  const deliverer = delivery === undefined ? undefined : new OrderDeliverer(delivery);
  const fetcher = new OrderFetcher(shop, {
    concurrency: 'rest' in shopConfig ? shopConfig.rest.concurrency : ADAPTER_CONCURRENCY,
    onLimit: logShopLimits(logger),
    knownOrders: () => knownOrders(shop, internalSystem),
  });
  const works = {
    shop: () => fetcher.works(),
    'internal-system': () => internalSystemWorks(writer, deliverer),
  };
  const outages = new OutageDetector(works);
  const blockage = new Blockage(rabbitmq.prefetch);
  const settler = new Settler({
    rabbit,
    record: (attempt, failure, isAlone) => recordInLedger(writer, attempt, failure, isAlone),
    remember,
    outages,
    blockage,
    retryDelaysMs,
  });
  const pipeline: Pipeline = { fetcher, writer, deliverer, outages, settler };
  const intake = new Intake({
    deliveries: new FreshDeliveries(rabbit, (delivery) => settler.renew(delivery)),
    process: traced(rabbitmq.queue, (delivery, isCanary) => processDelivery(delivery, isCanary, pipeline)),
    interrupt: (delivery, why) => interruptDelivery(delivery, why, pipeline),
    cancelFetches: (error) => fetcher.cancelAll(error),
    cancelWrites: (error) => {
      writer.cancelWaiting(error);
      deliverer?.cancelWaiting(error);
    },
    abandon: (error) => {
      fetcher.close(error);
      writer.close(error);
      deliverer?.close(error);
    },
    crash: (delivery) => crashDelivery(delivery, pipeline),
  });
  logIntake(intake, logger);
  logBlockage(blockage, logger);
  return { intake, fetcher, writer, deliverer, blockage, works };
}

/** The ledger and the ERP: an order needs both. */
async function internalSystemWorks(writer: OrderWriter, deliverer: OrderDeliverer | undefined) {
  const isWritten = await writer.works();
  if (deliverer === undefined || isWritten === false) return isWritten;
  return await deliverer.works();
}
