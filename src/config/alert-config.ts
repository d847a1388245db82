import type { AlertAddress } from '../alerts/targets/address.ts';
import type { AlertLanguage } from '../alerts/targets/letter.ts';
import type { Proxies } from '../alerts/targets/web-target.ts';
import type { SilenceSettings } from '../alerts/watch/silence.ts';
import { type Environment, isSet } from '../settings/environment.ts';
import { type Findings, problem } from '../settings/problems.ts';
import { parseUrl } from '../settings/values.ts';
import { isGiven } from './secrets.ts';
import type { Values } from './variables.ts';

/** Who is told what people must know, and in which cases. It holds secrets: never log it. */
export interface AlertConfig {
  readonly addresses: readonly AlertAddress[];
  readonly language: AlertLanguage;
  /** How long no paid order may come; undefined: for ever. */
  readonly silence: SilenceSettings | undefined;
  /** How long an outage lasts before it is told. */
  readonly outageAfterMs: number;
  readonly proxies: Proxies;
}

/** @returns undefined when nobody is to be told; usable only if no problem was added */
export function alertConfig(
  env: Environment,
  values: Values,
  { problems, warnings }: Findings,
): AlertConfig | undefined {
  const { ALERT_URL: addresses, ALERT_LANGUAGE: language, ALERT_SILENCE: silence } = values;
  if (addresses === undefined) {
    if (isSet(env, 'ALERT_SILENCE') && !isGiven(env, 'ALERT_URL')) {
      warnings.push('ALERT_SILENCE is set and ALERT_URL is not, so nobody is told.');
    }
    return undefined;
  }
  return {
    addresses,
    language,
    silence,
    outageAfterMs: values.ALERT_OUTAGE_AFTER_MS,
    proxies: {
      https: proxy(env, 'HTTPS_PROXY', problems),
      http: proxy(env, 'HTTP_PROXY', problems),
      none: noProxy(env),
    },
  };
}

/** In small letters, as most programs read them, or in capitals. */
function anyCase(env: Environment, name: string): string {
  const small = env[name.toLowerCase()]?.trim() ?? '';
  return small === '' ? (env[name]?.trim() ?? '') : small;
}

function proxy(env: Environment, name: string, problems: string[]): string {
  const url = anyCase(env, name);
  if (url === '' || parseUrl(url, ['http:', 'https:']) !== undefined) return url;
  problems.push(
    problem(name, 'found a value that is not shown here', 'http://proxy.example:3128, as ALERT_URL is set'),
  );
  return '';
}

/** Nobody reaches this machine through a proxy. */
const HERE = 'localhost,127.0.0.1,::1';

function noProxy(env: Environment): string {
  return `${anyCase(env, 'NO_PROXY')},${HERE}`;
}
