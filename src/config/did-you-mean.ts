import { type Environment, isSet } from '../settings/environment.ts';
import type { Findings } from '../settings/problems.ts';
import { KNOWN_NAMES } from './variables.ts';

/** Our names start like this; names that nearly do are checked too (see `nearestName`). */
const OURS = /^(?:RABBITMQ|SHOP|INTERNAL_SYSTEM|ERP|RETRY|SHUTDOWN|RECONCILE|WEBHOOK|ALERT|LOG|OPS)(?:_|$)/i;
/** Prefixes that nothing else uses, but for the names below. */
const OURS_ALONE = /^(?:RABBITMQ|SHOP|INTERNAL_SYSTEM)_/i;

/** Variables of the RabbitMQ server and its container image, which may run on the same host. */
const OF_THE_SERVER =
  /^RABBITMQ_(?:ADVANCED_CONFIG_FILE|BASE|BOOT_MODULE|CONFIG_FILES?|CONF_ENV_FILE|CTL_.*|DATA_DIR|DEFAULT_(?:USER|PASS|VHOST).*|DIST_.*|ENABLED_PLUGINS.*|ERLANG_COOKIE|FEATURE_FLAGS.*|GENERATED_CONFIG_DIR|HOME|IO_THREAD_POOL_SIZE|LOGS|LOG_.*|MANAGEMENT_.*|MNESIA_.*|NODENAME|NODE_.*|PGP_KEY_ID|PID_FILE|PLUGINS_.*|QUORUM_DIR|SASL_LOGS|SCRIPTS_DIR|SERVER_.*|SERVICENAME|STREAM_.*|SYS_PREFIX|USE_.*|VERSION|VM_.*)$/;

/** Kubernetes gives every pod variables named after the services around it, which may be called rabbitmq or shop. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_.*)?)$|_PORT_\d+_(?:TCP|UDP)(?:_\w+)?$|^SHOP_PORT$/;

/** What other programs call the same thing. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  RABBITMQ_USER: 'RABBITMQ_USERNAME',
  RABBITMQ_PASS: 'RABBITMQ_PASSWORD',
  RABBITMQ_HOSTNAME: 'RABBITMQ_HOST',
  RABBITMQ_VIRTUAL_HOST: 'RABBITMQ_VHOST',
  SHOP_URL: 'SHOP_BASE_URL',
  SHOP_API_TOKEN: 'SHOP_TOKEN',
  SHOP_API_KEY: 'SHOP_TOKEN',
  SHOP_API_SECRET: 'SHOP_SECRET',
  SHOP_USER: 'SHOP_USERNAME',
  SHOP_PASS: 'SHOP_PASSWORD',
  ERP_HOST: 'ERP_URL',
  ERP_DB: 'ERP_DATABASE',
  ERP_USERNAME: 'ERP_USER',
  ERP_PASS: 'ERP_PASSWORD',
  ALERT_WEBHOOK: 'ALERT_URL',
  ALERT_WEBHOOK_URL: 'ALERT_URL',
  ALERT_LANG: 'ALERT_LANGUAGE',
  SHOP_TYPE: 'SHOP_PRESET',
  SHOP_PLATFORM: 'SHOP_PRESET',
};

/**
 * Reports names that were meant to be one of ours. Otherwise nothing would: a variable that nothing reads looks like one that
 * works.
 *
 * A user's own module (SHOP_ADAPTER, INTERNAL_SYSTEM) may read variables unknown to us: with one, a name with its prefix is at
 * most a warning, and only if it is a single letter away from ours.
 */
export function reportMisspelt(env: Environment, { problems, warnings }: Findings): void {
  for (const name of Object.keys(env).sort()) {
    if (KNOWN_NAMES.includes(name) || OF_THE_SERVER.test(name) || OF_KUBERNETES.test(name)) continue;
    if (isOfOtherErp(name, env)) continue;
    const mayBeOfModule = isOfModule(name, env);
    const meant = mayBeOfModule ? nearestName(name, 1) : (nearestName(name, 2) ?? OTHER_WORDS[name]);
    if (meant !== undefined && mayBeOfModule) {
      warnings.push(`${name}: unless your module reads it, did you mean ${meant}?`);
    } else if (meant !== undefined) {
      problems.push(`${name}: there is no such variable. Did you mean ${meant}?`);
    } else if (OURS_ALONE.test(name) && !mayBeOfModule) {
      warnings.push(`${name}: there is no such variable; it is ignored.`);
    }
  }
}

function isOfModule(name: string, env: Environment): boolean {
  return (
    (/^SHOP_/.test(name) && isSet(env, 'SHOP_ADAPTER')) ||
    (/^(?:INTERNAL_SYSTEM|ERP)_/.test(name) && isSet(env, 'INTERNAL_SYSTEM'))
  );
}

/** Without a sink, whatever is called so belongs to other programs. */
function isOfOtherErp(name: string, env: Environment): boolean {
  return /^ERP_/i.test(name) && !isSet(env, 'INTERNAL_SYSTEM_PRESET') && !isSet(env, 'INTERNAL_SYSTEM');
}

/**
 * The known name closest to this one: with the same letters, or at most so many edits away. Outside our prefixes only long names
 * are compared: OS_TOKEN is OpenStack's, while RABITMQ_PASSWORD can only be ours.
 */
function nearestName(name: string, most: number): string | undefined {
  const candidates = OURS.test(name) ? KNOWN_NAMES : KNOWN_NAMES.filter((known) => known.length >= 12);
  const [upper, lettersOfName] = [name.toUpperCase(), letters(name)];
  const distances = candidates.flatMap((known) => {
    if (letters(known) === lettersOfName) return [{ known, distance: 0 }];
    return mayBeWithin(most, known, upper) ? [{ known, distance: edits(known, upper) }] : [];
  });
  return distances.filter(({ distance }) => distance <= most).sort((a, b) => a.distance - b.distance)[0]?.known;
}

/** Counting the edits takes long, and each start compares all variables there are with all names. */
function mayBeWithin(most: number, known: string, name: string): boolean {
  if (Math.abs(known.length - name.length) > most) return false;
  let missing = 0;
  for (const letter of known) if (!name.includes(letter)) missing += 1;
  return missing <= most;
}

function letters(name: string): string {
  return name.toUpperCase().replace(/[^A-Z]/g, '');
}

/** The edits from `a` to `b`: a letter inserted, removed or changed, or two neighbours swapped. */
function edits(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? at(i - 2, j - 2) + 1 : changed;
      row.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
