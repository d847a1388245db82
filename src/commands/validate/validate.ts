import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { print, printJson } from '../cli/output.ts';
import { run } from '../cli/run.ts';
import { describe } from './describe.ts';
import { fetchReply } from './fetch-reply.ts';
import { type ReadText, readText } from './read-text.ts';
import { reviewText } from './review-text.ts';

export function defineValidate(program: Command): void {
  program
    .command('validate')
    .summary("say what in a shop's reply does not fit")
    .description(
      "Reads a reply of the shop's API (one order, many, or a page of a list) and says, field by field, what order-sync " +
        'cannot take and how to mend it, what it stores in another form, and whether the sums add up. Shows no personal data.',
    )
    .argument('<file|url|->', 'a file with a reply, its address, or - for standard input')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'It is about the REST API of docs/shop-api.md, whatever SHOP_PRESET or SHOP_ADAPTER say: those speak',
          'to shops that have another. The credentials go to an address under SHOP_BASE_URL, and nowhere else.',
        ],
        examples: [
          ['order-sync validate reply.json', 'does this reply fit?'],
          ['order-sync validate https://shop.example/api/orders/10086', 'what the shop answers now'],
          ['php order.php 10086 | order-sync validate -', 'while you write it'],
        ],
        exits: [
          [EXIT.ok, 'it fits: order-sync would store it'],
          [EXIT.failed, 'it does not, or there is no such file'],
          [EXIT.unavailable, 'the address does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(validate));
}

async function validate(source: string, { json }: { json?: true }): Promise<number> {
  const text = await read(source);
  const review = reviewText(text);
  if (json) await printJson(review);
  else await print(...describe(review));
  return review.fits ? EXIT.ok : EXIT.failed;
}

async function read(source: string): Promise<ReadText> {
  if (/^https?:\/\//i.test(source)) {
    const url = URL.parse(source);
    if (url === null)
      throw new CommandError('Expected an address such as https://shop.example/orders/10086.', EXIT.usage);
    return await fetchReply(url);
  }
  return await readText(source === '-' ? await buffer(process.stdin) : await fileOf(source), 'file');
}

async function fileOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new CommandError(`${path} can't be read (${code}): expected a file, an address, or - for standard input.`);
  }
}
