import type { InternalSystemConfig } from '../internal-system/create-internal-system.ts';

/**
 * Whose orders, and where: a file may be shared by several daemons. The host does not matter, because after a failover by hand, or
 * a restore, the same database is found at another one.
 */
export function scopeOf(shop: string, internalSystem: InternalSystemConfig): string {
  const { url, schema = '', tablePrefix = '' } = 'ledger' in internalSystem ? internalSystem.ledger : internalSystem;
  return [shop, databaseName(url), schema, tablePrefix].join(' ');
}

/** The last part of its path. What comes before holds credentials. */
function databaseName(url: string): string {
  const path = url.replace(/^[a-z]+:(?:\/\/[^/?]*)?/i, '').replace(/\?.*$/, '');
  return path.split('/').at(-1) ?? '';
}
