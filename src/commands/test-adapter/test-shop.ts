import { type CommonConfig, loadConfig, type ShopConfig } from '../../config/load-config.ts';
import type { Environment } from '../../settings/environment.ts';
import { loadShop } from '../../shop/create-shop.ts';
import { counted } from '../cli/counted.ts';
import { Progress } from '../cli/progress.ts';
import { CONTRACT } from './contract.ts';
import { gather } from './gather.ts';
import { PoliteShop } from './polite-shop.ts';
import { report } from './report.ts';
import type { Subject } from './subject.ts';

type Config = CommonConfig & { readonly shop: ShopConfig };

/** @returns the exit status */
export async function testShop(env: Environment, references: readonly string[], json: boolean): Promise<number> {
  const config = loadConfig(env, ['shop']);
  const client = await loadShop(config.shop, config.env);
  let doing = 'looking for orders';
  const progress = new Progress((count) => `${doing} … ${counted(count, 'request')}`);
  try {
    const shop = new PoliteShop(client, new AbortController().signal, () => progress.add());
    const subject = await gather({ client, shop, references, withWrongToken: withWrongToken(config) });
    const onBegin = (name: string) => (doing = name);
    return await report(CONTRACT, subject, { json, progress, onBegin, orders: () => subject.samples.length });
  } finally {
    progress.end();
    await client.close?.();
  }
}

/** Secrets that are long and random; passwords are left alone, as a shop may lock an account after a few wrong ones. */
const TOKENS = ['SHOP_TOKEN', 'SHOP_SECRET'];

function withWrongToken({ env }: Config): Subject['withWrongToken'] {
  const name = TOKENS.find((token) => env[token] !== undefined && env[token] !== '');
  if (name === undefined) return undefined;
  const wrong = [...(env[name] ?? '')].map((character) => (character === 'x' ? 'y' : 'x')).join('');
  return async () => {
    const config = loadConfig({ ...env, [`${name}_FILE`]: undefined, [name]: wrong }, ['shop']);
    return await loadShop(config.shop, config.env);
  };
}
