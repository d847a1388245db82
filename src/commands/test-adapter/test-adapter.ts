import { type Command, InvalidArgumentError, Option } from 'commander';
import { readEnvironment } from '../../config/read-environment.ts';
import { type Environment, isSet } from '../../settings/environment.ts';
import { EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { addReference } from '../cli/order-references.ts';
import { run } from '../cli/run.ts';
import { NEWEST } from './gather.ts';
import { TEST_PREFIX } from './sink/test-order.ts';
import { testShop } from './test-shop.ts';

export function defineTestAdapter(program: Command): void {
  program
    .command('test-adapter')
    .summary('test whether an adapter keeps what order-sync relies on')
    .description(
      `Reads the shop's newest ${NEWEST} orders through the configured shop (SHOP_ADAPTER, SHOP_PRESET or SHOP_BASE_URL), in every ` +
        'way in which the daemon reads orders, and says what is wrong, with an example. Reads only, a request at a time; ' +
        'needs neither RabbitMQ nor the internal system. With --sink, or if only an order sink is configured, it is the ERP ' +
        'that is tested, and with --write in every way in which the daemon delivers orders.',
    )
    .argument('[orderNumbers...]', 'orders to test with, for a shop that has no lists', addReference)
    .option(
      '--sink',
      'test the order sink instead (INTERNAL_SYSTEM, INTERNAL_SYSTEM_PRESET or INTERNAL_SYSTEM_HTTP_URL)',
    )
    .option('--write', `write orders that are made up, ${TEST_PREFIX}-…, into the ERP behind the sink`)
    .option('--sku <sku>', 'the product in them, which the ERP has', TEST_PREFIX)
    .option('--currency <code>', 'their currency', 'CNY')
    .addOption(
      new Option('--orders <count>', 'how many go through everything at once').default(200).argParser(orderCount),
    )
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
          ['order-sync test-adapter --sink', 'the ERP, which is only asked'],
          ['order-sync test-adapter --sink --write --sku TEA-250', 'the ERP, into which test orders are written'],
        ],
        exits: [
          [EXIT.ok, 'nothing is wrong'],
          [EXIT.failed, 'something is wrong, or there is no order to test with'],
          [EXIT.unavailable, 'the shop or the ERP does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the shop refuses the credentials'],
        ],
      }),
    )
    .action(run(testAdapter));
}

interface Options {
  readonly sink?: true;
  readonly write?: true;
  readonly sku: string;
  readonly currency: string;
  readonly orders: number;
  readonly json?: true;
}

async function testAdapter(references: readonly string[], options: Options): Promise<number> {
  const env = readEnvironment();
  const { sink = false, write = false, json = false, ...test } = options;
  if (!sink && !write && !hasOnlySink(env)) return await testShop(env, references, json);
  const { testSink } = await import('./test-sink.ts');
  return await testSink(env, { ...test, write }, json);
}

const SHOPS = ['SHOP_ADAPTER', 'SHOP_PRESET', 'SHOP_BASE_URL'];
const SINKS = ['INTERNAL_SYSTEM', 'INTERNAL_SYSTEM_PRESET', 'INTERNAL_SYSTEM_HTTP_URL'];

function hasOnlySink(env: Environment): boolean {
  return SINKS.some((name) => isSet(env, name)) && !SHOPS.some((name) => isSet(env, name));
}

function orderCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 1 to 99999.');
  return Number(text);
}
