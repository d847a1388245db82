import { Settings } from '../../client/settings.ts';
import { SyncError } from '../../errors.ts';
import type { FoundRecord, OrderSink, OrderSinkFactory, SinkDelivery, SinkResult } from '../sink/order-sink.ts';
import { ErpApi, type ErpApiOptions, type ErpRequests } from './erp-api.ts';
import { Refusal } from './refusal.ts';

/** What makes one ERP different from another: how it is asked, and how an order is made so in it. */
export interface SinkDefinition extends Pick<OrderSink, 'maxUpserts' | 'timeoutMs' | 'settleMs'> {
  readonly api: Omit<ErpApiOptions, 'limits'> & Partial<Pick<ErpApiOptions, 'limits'>>;
  /** Before the first order: what is looked up once. @throws ConfigError, SyncError */
  readonly open?: (api: ErpRequests) => Promise<void>;
  /** Makes the order so. See `OrderSink.upsert`. */
  readonly upsert: (api: ErpRequests, delivery: SinkDelivery) => Promise<SinkResult>;
  /** All records that the ERP has of this order, by its reference. See `OrderSink.find`. */
  readonly find?: (api: ErpRequests, delivery: SinkDelivery) => Promise<readonly FoundRecord[]>;
  /** Only works with the right address and credentials, and if what the sink needs is there. @throws ConfigError, SyncError */
  readonly check: (api: ErpRequests) => Promise<unknown>;
  /** Sentences that a person should know although the ERP works. */
  readonly warnings?: (api: ErpRequests) => Promise<readonly string[]>;
}

/** An order sink on an ERP's API: what a module of your own, or a preset, exports as its default. */
export function defineSink(define: (settings: Settings, shop: string) => SinkDefinition): OrderSinkFactory {
  return ({ env, shop }) => {
    const settings = new Settings(env, 'ERP');
    const definition = define(settings, shop);
    const limits = definition.api.limits ?? settings.limits();
    settings.assertUsable();
    return sinkOf(definition, new ErpApi({ ...definition.api, limits }));
  };
}

function sinkOf(definition: SinkDefinition, api: ErpApi): OrderSink {
  const { api: _, open, upsert, find, check, warnings, ...limits } = definition;
  return {
    ...limits,
    open: async (signal) => await open?.(api.until(signal)),
    upsert: async (delivery, signal) => {
      const requests = api.until(signal);
      try {
        return await upsert(requests, delivery);
      } catch (error) {
        throw error instanceof Refusal ? error.of(delivery.order) : withEnd(error, requests.isOver);
      }
    },
    ...(find && { find: (delivery: SinkDelivery, signal: AbortSignal) => find(api.until(signal), delivery) }),
    check: async (signal) => void (await check(api.until(signal))),
    warnings: async (signal) => (await warnings?.(api.until(signal))) ?? [],
    close: () => api.close(),
  };
}

/** What nothing of happens any more may be tried again at once. */
function withEnd(error: unknown, isOver: boolean): unknown {
  if (!isOver || !(error instanceof SyncError) || error.isOver) return error;
  const { reason, message, retryAfterMs, mayEndSooner, cause } = error;
  return new SyncError(reason, message, { retryAfterMs, mayEndSooner, cause, isOver });
}
