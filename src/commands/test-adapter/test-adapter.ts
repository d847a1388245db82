import type { Command } from 'commander';
import { type CommonConfig, loadConfig, type ShopConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { loadShop } from '../../shop/create-shop.ts';
import { counted } from '../cli/counted.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { type Mark, markedLines } from '../cli/marked-lines.ts';
import { addReference } from '../cli/order-references.ts';
import { print, printJson } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { CONTRACT } from './contract.ts';
import type { Finding, Verdict } from './finding.ts';
import { gather, NEWEST } from './gather.ts';
import { PoliteShop } from './polite-shop.ts';
import { type CheckedPromise, runChecks } from './run-checks.ts';
import type { Subject } from './subject.ts';

type Config = CommonConfig & { readonly shop: ShopConfig };

export function defineTestAdapter(program: Command): void {
  program
    .command('test-adapter')
    .summary("test whether the shop's adapter keeps what order-sync relies on")
    .description(
      `Reads the shop's newest ${NEWEST} orders through the configured shop (SHOP_ADAPTER, SHOP_PRESET or SHOP_BASE_URL), in every ` +
        'way in which the daemon reads orders, and says what is wrong, with an example. Reads only, a request at a time; ' +
        'needs neither RabbitMQ nor the internal system.',
    )
    .argument('[orderNumbers...]', 'orders to test with, for a shop that has no lists', addReference)
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          '✓ is as it should be, ✗ must be changed, ! should be looked at, – could not be tested.',
          'Names orders and fields, never what is in them.',
        ],
        examples: [
          ['order-sync test-adapter', 'with the newest orders of the shop'],
          ['order-sync test-adapter 10086 10087', 'with these as well'],
          ['SHOP_ADAPTER=./my-shop.ts order-sync test-adapter', 'an adapter of your own'],
        ],
        exits: [
          [EXIT.ok, 'nothing is wrong'],
          [EXIT.failed, 'something is wrong, or there is no order to test with'],
          [EXIT.unavailable, 'the shop does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the shop refuses the credentials'],
        ],
      }),
    )
    .action(run(testAdapter));
}

async function testAdapter(references: readonly string[], { json }: { readonly json?: true }): Promise<number> {
  const config = loadConfig(readEnvironment(), ['shop']);
  const client = await loadShop(config.shop, config.env);
  let doing = 'looking for orders';
  const progress = new Progress((count) => `${doing} … ${counted(count, 'request')}`);
  try {
    const shop = new PoliteShop(client, new AbortController().signal, () => progress.add());
    const subject = await gather({ client, shop, references, withWrongToken: withWrongToken(config) });
    const results: CheckedPromise[] = [];
    for await (const result of runChecks(CONTRACT, subject, (name) => (doing = name))) {
      results.push(result);
      progress.end();
      if (!json)
        await print(...result.findings.flatMap((finding, index) => described(result.name, finding, index === 0)));
    }
    const isFine = count(results, 'wrong') === 0;
    if (json)
      await printJson({ ok: isFine, orders: subject.samples.length, requests: progress.count, checks: results });
    else await print('', summary(results, subject.samples.length, progress.count));
    return isFine ? EXIT.ok : EXIT.failed;
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

const MARKS: Readonly<Record<Verdict, Mark>> = { ok: 'ok', wrong: 'failed', odd: 'odd', skipped: 'skipped' };
const NAME_WIDTH = Math.max(...CONTRACT.map(({ name }) => name.length));

function described(name: string, { verdict, message, examples = [], remedy }: Finding, isFirst: boolean): string[] {
  return markedLines(MARKS[verdict], isFirst ? name : '', NAME_WIDTH, [
    message,
    ...examples.map((example, index) => `${index === 0 ? 'e.g.' : '    '} ${example}`),
    ...(remedy === undefined ? [] : [`→ ${remedy}`]),
  ]);
}

function summary(results: readonly CheckedPromise[], orders: number, requests: number): string {
  const with_ = `Tested with ${counted(orders, 'order')} in about ${counted(requests, 'request')}: `;
  const wrong = count(results, 'wrong');
  const odd = count(results, 'odd');
  const looks = odd === 0 ? '' : `, ${counted(odd, 'thing')} to look at (!)`;
  return `${with_}${wrong === 0 ? 'nothing is wrong' : `${counted(wrong, 'thing')} wrong (✗)`}${looks}.`;
}

function count(results: readonly CheckedPromise[], verdict: Verdict): number {
  return results.flatMap(({ findings }) => findings).filter((finding) => finding.verdict === verdict).length;
}
