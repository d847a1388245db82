import { onTestFinished } from 'vitest';
import { parseAddresses } from '../../../src/alerts/targets/address.ts';
import { createTargets, type TargetSettings } from '../../../src/alerts/targets/create-targets.ts';
import type { AlertError, AlertTarget } from '../../../src/alerts/targets/target.ts';

/** The target of one address, closed when the test is over. */
export function aTarget(url: string, settings: Partial<TargetSettings> = {}): AlertTarget {
  const addresses = parseAddresses(url);
  if (typeof addresses === 'string') throw new Error(`expected ${addresses}`);
  const proxies = { https: '', http: '', none: '' };
  const [target] = createTargets({ addresses, language: 'en', proxies, ...settings });
  if (target === undefined) throw new Error('no address');
  onTestFinished(() => target.close());
  return target;
}

export function aSignal(): AbortSignal {
  return new AbortController().signal;
}

/** Why it did not take the message; undefined: it did. */
export async function failureOf(sent: Promise<void>): Promise<Pick<AlertError, 'message' | 'mayPass'> | undefined> {
  return await sent.then(
    () => undefined,
    ({ message, mayPass }) => ({ message, mayPass }),
  );
}
