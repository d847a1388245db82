import type { Environment } from '../settings/environment.ts';
import { isLoopback } from '../settings/loopback.ts';
import { problem } from '../settings/problems.ts';
import { type Person, readPeople } from './people.ts';
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
  /** Further tokens, each of a person; undefined without OPS_TOKENS_FILE. */
  readonly people: PeopleFile | undefined;
  /** Signs the sessions of these people; undefined: they end with the daemon. */
  readonly sessionSecret: string | undefined;
  /** Undefined if no proxy says who somebody is. */
  readonly proxy: TrustedProxy | undefined;
}

export interface PeopleFile {
  readonly path: string;
  /** As they were when the configuration was loaded. */
  readonly people: readonly Person[];
}

/** A proxy that signs people in, and says in a header who they are. */
export interface TrustedProxy {
  readonly userHeader: string;
  /** It proves itself with this. */
  readonly secret: string;
  /** Everyone else whom it lets through may only look. */
  readonly operators: readonly string[];
}

/** @returns undefined when the operations port is off; usable only if no problem was added */
export function opsConfig(env: Environment, values: Values, problems: string[]): OpsConfig | undefined {
  if (values.OPS_PORT === undefined) return undefined;
  const proxy = trustedProxy(env, values, problems);
  const signsIn = isGiven(env, 'OPS_TOKEN') || isGiven(env, 'OPS_TOKENS_FILE') || proxy !== undefined;
  if (!isLoopback(values.OPS_HOST) && !signsIn) {
    const found = `not set although OPS_HOST ${values.OPS_HOST} can be reached from other machines`;
    problems.push(problem('OPS_TOKEN', found, 'at least 16 visible ASCII characters, or OPS_HOST=127.0.0.1'));
  }
  const { OPS_TOKEN: token, OPS_VIEWER_TOKEN: viewerToken, OPS_SESSION_SECRET: sessionSecret } = values;
  if (isGiven(env, 'OPS_VIEWER_TOKEN') && !signsIn) {
    problems.push(problem('OPS_TOKEN', 'not set although OPS_VIEWER_TOKEN is', 'both, or OPS_TOKEN alone'));
  }
  if (token !== undefined && token === viewerToken) {
    problems.push(problem('OPS_VIEWER_TOKEN', 'the same as OPS_TOKEN', 'another one, which may only look'));
  }
  const people = peopleFile(values, problems);
  return { port: values.OPS_PORT, host: values.OPS_HOST, token, viewerToken, people, sessionSecret, proxy };
}

function peopleFile({ OPS_TOKENS_FILE: path }: Values, problems: string[]): PeopleFile | undefined {
  if (path === undefined) return undefined;
  return { path, people: readPeople(path, problems) ?? [] };
}

/** Whoever reaches the port can write the header: without the secret it proves nothing. */
function trustedProxy(env: Environment, values: Values, problems: string[]): TrustedProxy | undefined {
  const { OPS_TRUSTED_USER_HEADER: userHeader, OPS_PROXY_SECRET: secret, OPS_OPERATORS: operators = [] } = values;
  if (userHeader !== undefined && !isGiven(env, 'OPS_PROXY_SECRET')) {
    const expected = `the secret that the proxy sends as ${PROXY_SECRET_HEADER}, which proves that ${userHeader} is its own`;
    problems.push(problem('OPS_PROXY_SECRET', 'not set although OPS_TRUSTED_USER_HEADER is', expected));
  }
  for (const name of ['OPS_PROXY_SECRET', 'OPS_OPERATORS'] as const) {
    if (userHeader === undefined && isGiven(env, name)) {
      const expected = 'the header in which the proxy says who it is, such as X-Forwarded-User';
      problems.push(problem('OPS_TRUSTED_USER_HEADER', `not set although ${name} is`, expected));
    }
  }
  if (userHeader !== undefined && SECRET_HEADERS.test(userHeader))
    problems.push(problem('OPS_TRUSTED_USER_HEADER', `${userHeader} holds a secret`, 'a header that holds a name'));
  return userHeader === undefined || secret === undefined ? undefined : { userHeader, secret, operators };
}

export const PROXY_SECRET_HEADER = 'X-Order-Sync-Proxy-Secret';
/** What they hold would be taken for a name, and stand in the log. */
const SECRET_HEADERS = new RegExp(`^(?:authorization|cookie|${PROXY_SECRET_HEADER})$`, 'i');
