import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';
import type { Values } from './variables.ts';

export function internalSystemConfig(values: Values): InternalSystemConfig {
  return values.INTERNAL_SYSTEM === undefined
    ? { url: values.INTERNAL_SYSTEM_URL }
    : { module: values.INTERNAL_SYSTEM };
}
