import { CONTRACT } from '../../../src/commands/test-adapter/contract.ts';
import type { Finding } from '../../../src/commands/test-adapter/finding.ts';
import { gather } from '../../../src/commands/test-adapter/gather.ts';
import { PoliteShop } from '../../../src/commands/test-adapter/polite-shop.ts';
import { runChecks } from '../../../src/commands/test-adapter/run-checks.ts';
import type { ShopClient } from '../../../src/shop/shop-client.ts';

export type Findings = Readonly<Record<string, readonly Finding[]>>;

/** What the contract has to say about a shop, check by check. @param stranger the same shop with a token that is wrong */
export async function runContract(client: ShopClient, stranger?: ShopClient): Promise<Findings> {
  const shop = new PoliteShop(client, new AbortController().signal);
  const withWrongToken = stranger === undefined ? undefined : async () => stranger;
  const subject = await gather({ client, shop, withWrongToken });
  const found: Record<string, readonly Finding[]> = {};
  for await (const { name, findings } of runChecks(CONTRACT, subject)) found[name] = findings;
  return found;
}

/** The checks that found something of these kinds. */
export function having(found: Findings, ...verdicts: readonly string[]): string[] {
  return Object.keys(found).filter((name) => found[name]?.some(({ verdict }) => verdicts.includes(verdict)));
}
