import { createHash, randomBytes } from 'node:crypto';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { isPersonName, PERSON_NAME_RULE, PERSON_ROLES, type Person } from '../config/people.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { print, printJson, say } from './cli/output.ts';
import { run } from './cli/run.ts';

interface TokenOptions {
  readonly role: Person['role'];
  readonly json?: true;
}

const TOKEN_BYTES = 32;

export function defineToken(program: Command): void {
  program
    .command('token')
    .summary('make a token with which a person signs in')
    .description(
      'Makes a token for the dashboard and its API. The line for OPS_TOKENS_FILE goes to stdout, and holds only a hash; the ' +
        'token itself goes to stderr, once: it is stored nowhere.',
    )
    .argument('<name>', `whose it is: ${PERSON_NAME_RULE}`, parseName)
    .addOption(
      new Option('--role <role>', 'operators act and see personal data, viewers look')
        .choices(PERSON_ROLES)
        .makeOptionMandatory(),
    )
    .option('--json', 'print one JSON document, the token included')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'A running daemon reads the file again within a second. To let somebody go, remove the line; to',
          'change a token, add the new line, pass the token on, and remove the old line.',
        ],
        examples: [
          ['order-sync token li.wei --role operator >> people.txt', 'with OPS_TOKENS_FILE=people.txt'],
          ['order-sync token wang.fang --role viewer', 'for somebody who only looks'],
        ],
        exits: [
          [EXIT.ok, 'made'],
          [EXIT.usage, 'the name or the role is missing or wrong'],
        ],
      }),
    )
    .action(run(token));
}

async function token(name: string, { role, json }: TokenOptions): Promise<number> {
  const made = randomBytes(TOKEN_BYTES).toString('base64url');
  const line = `${name} ${role} sha256:${createHash('sha256').update(made).digest('hex')}`;
  if (json) {
    await printJson({ name, role, token: made, line });
    return EXIT.ok;
  }
  await print(line);
  say(`The token of ${name}, shown only now: ${made}`);
  return EXIT.ok;
}

function parseName(text: string): string {
  if (isPersonName(text) && !PERSON_ROLES.some((role) => role === text)) return text;
  throw new InvalidArgumentError(`Expected ${PERSON_NAME_RULE}, and not the name of a role.`);
}
