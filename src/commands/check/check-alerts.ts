import type { AlertAddress } from '../../alerts/targets/address.ts';
import { type Environment, loadConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../errors.ts';
import { counted } from '../cli/counted.ts';
import { type CheckResult, ok } from './check-result.ts';

/** Says who is told, without the secrets in the addresses, and sends nothing. @returns none where nobody is to be told */
export function checkAlerts(env: Environment): CheckResult[] {
  const addresses = addressesOf(env);
  if (addresses.length === 0) return [];
  const lines = [...addresses.map(describe), '→ "order-sync alert --test" sends each a test alert'];
  return [ok('alerts', lines, { targets: addresses.map(({ name, host }) => ({ target: name, host })) })];
}

/** None as well if the configuration is wrong, which another check says. */
function addressesOf(env: Environment): readonly AlertAddress[] {
  try {
    return loadConfig(env, []).alerts?.addresses ?? [];
  } catch (error) {
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

function describe(address: AlertAddress): string {
  const { name, format, host } = address;
  if (format === 'email') {
    return `${name}: ${host}, ${counted(address.to.length, 'recipient')}`;
  }
  const canSign = format === 'json' || format === 'dingtalk' || format === 'feishu';
  const signed = !canSign ? '' : address.secret === undefined ? ', not signed' : ', signed';
  return `${name}: ${host}${signed}`;
}
