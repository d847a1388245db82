import { request } from 'undici';
import { type Environment, loadConfig, type WebhookConfig } from '../../config/load-config.ts';
import { DEFAULT_WEBHOOK_PORT } from '../../config/webhook-config.ts';
import { ConfigError } from '../../errors.ts';
import { reachable } from '../../settings/loopback.ts';
import { readWebhookState } from '../../webhooks/webhook-state.ts';
import { counted } from '../cli/counted.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { isRefused, whyNotListen } from './own-ports.ts';

const TIMEOUT_MS = 3_000;

/** Says how webhooks are taken, and whether something answers on their port. @returns none where the shop sends none */
export async function checkWebhooks(env: Environment): Promise<CheckResult[]> {
  const config = configOf(env);
  if (config === undefined) return [];
  const port = config.port ?? DEFAULT_WEBHOOK_PORT;
  const lines = [`POST /webhooks/${config.preset}, ${howGenuine(config)}`];
  const waiting = readWebhookState(config.spool.path)?.spooled ?? 0;
  if (waiting > 0) lines.push(`! ${counted(waiting, 'event')} on disk, waiting for RabbitMQ`);
  switch (await whoAnswers(config.host, port)) {
    case 'order-sync':
      return [ok('webhooks', [...lines, `port ${port}: order-sync answers`])];
    case 'nobody': {
      const problem = await whyNotListen({ host: config.host, port }, 'WEBHOOK_PORT, WEBHOOK_HOST');
      if (problem !== undefined) return [failed('webhooks', problem, {})];
      return [ok('webhooks', [...lines, `port ${port}: free; ${whoWillListen(config)}`])];
    }
    case 'another program': {
      const problem = `WEBHOOK_PORT: another program answers on ${config.host} port ${port}; expected a free one.`;
      return [failed('webhooks', new ConfigError([problem]), {})];
    }
  }
}

/** Undefined as well if the configuration is wrong, which another check says. */
function configOf(env: Environment): WebhookConfig | undefined {
  try {
    return loadConfig(env, []).webhooks;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

function howGenuine({ secrets, token, signatureHeader }: WebhookConfig): string {
  const { length } = secrets();
  const ways = [
    ...(length === 0 ? [] : [`signed${signatureHeader === undefined ? '' : ` in ${signatureHeader}`}`]),
    ...(token === undefined ? [] : ['with the token in the path']),
  ];
  return `${ways.join(' or ')}${length > 1 ? '; WEBHOOK_OLD_SECRET counts as well' : ''}`;
}

function whoWillListen({ port }: WebhookConfig): string {
  return port === undefined ? '"order-sync webhooks" takes them' : '"order-sync start" takes them';
}

async function whoAnswers(host: string, port: number): Promise<'order-sync' | 'nobody' | 'another program'> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { body } = await request(`http://${reachable(host)}:${port}/webhooks/`, { signal });
    return (await body.text()).startsWith('order-sync ') ? 'order-sync' : 'another program';
  } catch (error) {
    return isRefused(error) ? 'nobody' : 'another program';
  }
}
