import type { Logger } from 'pino';
import type { RabbitMQ } from '../broker/rabbitmq.ts';
import type { Reply } from '../http/reply.ts';
import { type Contents, type ReceivedWebhook, readContents } from './contents.ts';
import { Gate } from './gate.ts';
import { PRESETS, type PresetName } from './presets.ts';
import { Relay } from './relay.ts';
import { WEBHOOK_RESULTS, type WebhookResult } from './results.ts';
import { ScanRequests, type ScanRequestsOptions } from './scan-requests.ts';
import { startWebhookServer, type WebhookServer } from './server.ts';
import { Spool, SpoolFullError } from './spool.ts';
import { WebhookLog } from './webhook-log.ts';
import type { WebhookState } from './webhook-state.ts';

/** Where webhooks arrive, and what makes them genuine. */
export interface WebhookConfig {
  readonly host: string;
  readonly preset: PresetName;
  /** May stand in the path instead of the preset. */
  readonly shopName: string;
  /** Empty when the shop cannot sign. */
  readonly secrets: () => readonly string[];
  readonly token: (() => string) | undefined;
  /** Instead of the preset's; in lower case. */
  readonly signatureHeader: string | undefined;
  /** The shop's API knows orders by its own ids only. */
  readonly prefersId: boolean;
  readonly spool: { readonly path: string; readonly max: number };
}

export interface WebhookOptions {
  readonly config: WebhookConfig;
  readonly port: number;
  readonly rabbit: Pick<RabbitMQ, 'send' | 'isUp' | 'blocked' | 'problem'>;
  readonly logger: Logger;
  readonly scan: ScanRequestsOptions['scan'];
  readonly scanDelayMs?: number;
  readonly ownPage?: (path: string) => Promise<Reply> | undefined;
}

/** What operators want to know. */
export interface WebhookFigures extends WebhookState {
  readonly counts: Readonly<Record<WebhookResult, number>>;
  readonly isSpoolFull: boolean;
}

/** A shop's webhooks → order events in the broker's queue: nothing that got a 200 is lost. */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #spool: Spool;
  readonly #relay: Relay;
  readonly #scans: ScanRequests;
  readonly #log: WebhookLog;
  readonly #counts = new Map<WebhookResult, number>();
  #lastAt: Date | undefined;
  #server: WebhookServer | undefined;

  /** @throws ConfigError when the spool cannot be used */
  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#spool = new Spool(options.config.spool);
    this.#lastAt = this.#spool.lastAt;
    this.#relay = new Relay(options.rabbit, this.#spool);
    const { scan, scanDelayMs, logger } = options;
    const delayMs = scanDelayMs === undefined ? {} : { delayMs: scanDelayMs };
    this.#scans = new ScanRequests({ spool: this.#spool, scan, logger, ...delayMs });
    this.#log = new WebhookLog(options.logger, this.#relay);
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get figures(): WebhookFigures {
    const counts = Object.fromEntries(WEBHOOK_RESULTS.map((result) => [result, this.#counts.get(result) ?? 0]));
    return {
      counts: counts as Record<WebhookResult, number>,
      spooled: this.#spool.size,
      isSpoolFull: this.#spool.isFull,
      lastAt: this.#lastAt,
    };
  }

  /** @throws ConfigError when it cannot listen */
  async start(): Promise<void> {
    const { config, port, ownPage } = this.#options;
    const { host, preset, shopName, secrets, token, signatureHeader } = config;
    this.#server = await startWebhookServer({
      host,
      port,
      preset: { ...PRESETS[preset], ...(signatureHeader === undefined ? {} : { signatureHeader }) },
      gate: new Gate({ names: [preset, shopName], secrets, token }),
      take: (webhook) => this.#take(webhook),
      onResult: (result) => this.#note(result),
      ...(ownPage === undefined ? {} : { ownPage }),
    });
    this.#relay.start();
    this.#scans.start();
    this.#options.logger.info({ host, port: this.port, path: `/webhooks/${preset}` }, 'webhook port open');
  }

  /** Finishes what has arrived. What waits for the broker stays on disk for the next start. */
  async stop(): Promise<void> {
    await this.#server?.close();
    await Promise.all([this.#relay.stop(), this.#scans.stop()]);
    this.#spool.close();
  }

  async #take(webhook: ReceivedWebhook): Promise<WebhookResult> {
    const receivedAt = new Date();
    this.#lastAt = receivedAt;
    this.#spool.noteLast(receivedAt);
    const contents = this.#read(webhook);
    try {
      if (contents.kind === 'unnamed' || (contents.kind === 'orders' && !contents.isWhole)) this.#scans.request();
      if (contents.kind !== 'orders') return contents.kind;
      return await this.#relay.take(contents.events, receivedAt);
    } catch (error) {
      this.#log.failed(error instanceof SpoolFullError ? undefined : error);
      return 'failed';
    }
  }

  /** A bug must not cost the shop its 200 either: the scan finds the order. */
  #read(webhook: ReceivedWebhook): Contents {
    const { preset, prefersId } = this.#options.config;
    try {
      return readContents(webhook, preset, prefersId);
    } catch (err) {
      this.#options.logger.error({ err }, 'a bug: reading a webhook threw');
      return { kind: 'unnamed' };
    }
  }

  #note(result: WebhookResult): void {
    this.#counts.set(result, (this.#counts.get(result) ?? 0) + 1);
    this.#log.result(result);
  }
}
