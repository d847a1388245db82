import type { Environment } from '../settings/environment.ts';
import { isLoopback } from '../settings/loopback.ts';
import { problem } from '../settings/problems.ts';
import { isGiven } from './secrets.ts';
import type { Values } from './variables.ts';

/** Where the dashboard, /livez, /readyz and /metrics are served. */
export interface OpsConfig {
  readonly port: number;
  readonly host: string;
  /** Required of everyone when set, except for /livez. Its holder may act, and sees personal data. */
  readonly token: string | undefined;
  /** Its holder may only look, and sees no personal data. */
  readonly viewerToken: string | undefined;
}

/** @returns undefined when the operations port is off; usable only if no problem was added */
export function opsConfig(env: Environment, values: Values, problems: string[]): OpsConfig | undefined {
  if (values.OPS_PORT === undefined) return undefined;
  if (!isLoopback(values.OPS_HOST) && !isGiven(env, 'OPS_TOKEN')) {
    const found = `not set although OPS_HOST ${values.OPS_HOST} can be reached from other machines`;
    problems.push(problem('OPS_TOKEN', found, 'at least 16 visible ASCII characters, or OPS_HOST=127.0.0.1'));
  }
  const { OPS_TOKEN: token, OPS_VIEWER_TOKEN: viewerToken } = values;
  if (isGiven(env, 'OPS_VIEWER_TOKEN') && !isGiven(env, 'OPS_TOKEN')) {
    problems.push(problem('OPS_TOKEN', 'not set although OPS_VIEWER_TOKEN is', 'both, or OPS_TOKEN alone'));
  }
  if (token !== undefined && token === viewerToken) {
    problems.push(problem('OPS_VIEWER_TOKEN', 'the same as OPS_TOKEN', 'another one, which may only look'));
  }
  return { port: values.OPS_PORT, host: values.OPS_HOST, token, viewerToken };
}
