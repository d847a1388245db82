import { request } from 'undici';
import { type Environment, loadConfig, type OpsConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../errors.ts';
import type { Pause } from '../../internal-system/pause-store.ts';
import { pauseInWords } from '../../pause/pause-words.ts';
import { reachable } from '../../settings/loopback.ts';
import { VERSION } from '../../version.ts';
import { EXIT } from '../cli/exit-status.ts';
import { visible } from '../cli/output.ts';
import { when } from '../cli/times.ts';
import { type CheckResult, failed, ok } from './check-result.ts';
import { isTaken, whyNotListen } from './own-ports.ts';

const TIMEOUT_MS = 3_000;
const VARIABLES = 'OPS_PORT, OPS_HOST';

/** What `/readyz` and `/api/session` say; of a daemon that may be older or newer than this program. */
interface Readiness {
  readonly ready: boolean;
  readonly reason?: string;
  readonly since?: string;
  readonly warnings?: readonly string[];
  readonly paused?: Pause;
}
interface Identity {
  readonly role?: string | null;
  readonly asksForToken?: boolean;
  readonly shop?: string;
  readonly queue?: string;
  readonly version?: string;
}

/** Asks the daemon that runs with these settings whether it is ready, or why not. @returns none where OPS_PORT is off */
export async function checkDaemon(env: Environment): Promise<CheckResult[]> {
  const ops = opsOf(env);
  return ops === undefined ? [] : [await ask(ops, env)];
}

/** Undefined as well if the configuration is wrong, which another check says. */
function opsOf(env: Environment): OpsConfig | undefined {
  try {
    return loadConfig(env, []).ops;
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

async function ask(ops: OpsConfig, env: Environment): Promise<CheckResult> {
  const place = `${ops.host} port ${ops.port}`;
  try {
    const readiness = await get(ops, '/readyz');
    if (!isReadiness(readiness)) return taken(`another program answers on ${place}`);
    const identity = (await get(ops, '/api/session').catch(() => undefined)) as Identity | undefined;
    return describe(readiness, identity ?? {}, { env, hasToken: tokenOf(ops) !== undefined });
  } catch {
    return await whyNoAnswer(ops);
  }
}

/** @returns undefined for what is not JSON @throws if nobody answers */
async function get(ops: OpsConfig, path: string): Promise<unknown> {
  const token = tokenOf(ops);
  const { body } = await request(`http://${reachable(ops.host)}:${ops.port}${path}`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await body.text();
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The viewer's is enough to read. Of people's own tokens, only hashes are known here. */
function tokenOf({ viewerToken, token }: OpsConfig): string | undefined {
  return viewerToken ?? token;
}

function isReadiness(value: unknown): value is Readiness {
  return typeof value === 'object' && value !== null && 'ready' in value && typeof value.ready === 'boolean';
}

function describe(
  { ready, reason, since, warnings = [], paused }: Readiness,
  identity: Identity,
  { env, hasToken }: { readonly env: Environment; readonly hasToken: boolean },
): CheckResult {
  const isStranger = identity.asksForToken === true && identity.role === null;
  const remarks = [
    ...warnings.map((warning) => `! ${warning}`),
    ...(isStranger ? [hasToken ? OTHER_TOKEN : NO_TOKEN] : []),
    ...differences(identity, env).map((difference) => `! ${difference}; restart it to use what is set here`),
  ];
  const details = { running: true, ready, reason, since, version: identity.version };
  const state = paused === undefined ? 'runs and is ready' : `runs, and is ${visible(pauseInWords(paused))}`;
  if (ready) return ok('daemon', [state, ...remarks], details);
  const why = reason ?? (isStranger ? 'it does not say why without its OPS_TOKEN' : 'it does not say why');
  return {
    name: 'daemon',
    state: 'failed',
    lines: [`runs, and is not ready: ${why}`, ...(since === undefined ? [] : [`since ${when(since)}`]), ...remarks],
    ...remedyFor(why),
    status: EXIT.unavailable,
    details,
  };
}

const OTHER_TOKEN = '! it refuses OPS_TOKEN: it runs with another one. Restart it, or correct OPS_TOKEN here';
const NO_TOKEN = '! it says more to who has a token: set OPS_TOKEN or OPS_VIEWER_TOKEN, beside the tokens of people';

function remedyFor(reason: string): Pick<CheckResult, 'remedy'> {
  if (/refused_credentials\)/.test(reason))
    return { remedy: 'If the credentials pass above, it still has the old ones: restart it.' };
  if (reason.startsWith('stalled')) return { remedy: 'Restart it, and see in its log what came before.' };
  return {};
}

/** What the daemon runs with, and a restart would change. */
function differences({ version, queue, shop }: Identity, env: Environment): string[] {
  const { shopName, rabbitmq } = configured(env);
  return [
    ...(version === undefined || version === VERSION ? [] : [`it runs version ${version}; this is ${VERSION}`]),
    ...(queue === undefined || rabbitmq === undefined || queue === rabbitmq ? [] : [`it consumes the queue ${queue}`]),
    ...(shop === undefined || shopName === undefined || shop === shopName ? [] : [`it serves the shop ${shop}`]),
  ];
}

function configured(env: Environment): { shopName?: string; rabbitmq?: string } {
  try {
    const { shopName, rabbitmq } = loadConfig(env, ['rabbitmq']);
    return { shopName, rabbitmq: rabbitmq.queue };
  } catch {
    return {};
  }
}

/** Nobody runs, which is normal before the first start; unless the daemon could not listen there, or somebody does. */
async function whyNoAnswer(ops: OpsConfig): Promise<CheckResult> {
  const place = `${ops.host} port ${ops.port}`;
  const details = { running: false };
  const problem = await whyNotListen(ops, VARIABLES);
  if (problem === undefined) {
    const found = `does not run here: nothing listens on ${place}. "order-sync start" runs it`;
    return { name: 'daemon', state: 'skipped', lines: [found], status: EXIT.ok, details };
  }
  if (!isTaken(problem)) return { ...failed('daemon', problem, {}), details };
  return {
    name: 'daemon',
    state: 'failed',
    lines: [`something listens on ${place}, and does not answer like order-sync within ${TIMEOUT_MS / 1000} s`],
    remedy: 'Is it a daemon that hangs (restart it), or another program (give OPS_PORT another number)?',
    status: EXIT.unavailable,
  };
}

function taken(found: string): CheckResult {
  const problem = `${VARIABLES}: ${found}; expected order-sync, or a free port.`;
  return failed('daemon', new ConfigError([problem]), {});
}
