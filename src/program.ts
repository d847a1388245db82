import { Command } from 'commander';
import { EXIT } from './commands/cli/exit-status.ts';
import { section } from './commands/cli/help-text.ts';
import { defineStart } from './commands/start.ts';
import { VERSION } from './version.ts';

const program = new Command('order-sync')
  .description(
    "Syncs the shop's orders to the internal system without losing one:\n\n" +
      '  shop ─ event ─▶ RabbitMQ ─▶ order-sync ─ order ─▶ internal system\n' +
      "                                  └── fetches the order from the shop's API\n\n" +
      'A failed event is retried with growing delays; one that cannot succeed without\n' +
      'a person goes to the dead letters. While the shop or the internal system is\n' +
      'down, consumption pauses; nothing is lost.',
  )
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

program.commandsGroup('Run:');
defineStart(program);
// The daemon needs none of the others; loading them would cost it 10 MB and a good part of its start-up time.
if (process.argv[2] !== 'start') {
  const { defineOperatorCommands } = await import('./commands/operator-commands.ts');
  defineOperatorCommands(program);
}
program.commandsGroup('Help:').helpCommand('help [command]', 'show how to use a command');

program.addHelpText(
  'after',
  [
    ...section('Examples', [
      ['order-sync check', 'does everything work?'],
      ['order-sync start', 'run the daemon'],
      ['order-sync status 10086', 'has order 10086 arrived?'],
      ['order-sync orders --since 1h', 'what arrived in the last hour?'],
      ['order-sync alert --test', 'would an alert arrive?'],
      ['order-sync top', 'watch orders arrive'],
      ['order-sync dead-letters list', 'what needs a person, and why?'],
      ['order-sync dead-letters replay 10086', 'try again, once the cause is fixed'],
      ['order-sync resync --dry-run 10086', 'how does the shop differ from what we have?'],
      ['order-sync reconcile --dry-run', 'which orders never arrived?'],
      ['order-sync send < numbers.txt', 'publish events for many orders'],
      ['order-sync validate reply.json', "does this reply of the shop's API fit?"],
    ]),
    '',
    'Settings come from the environment and from .env in this folder; .env.example explains each one.',
    'Every command has --help, most have --json. Answers go to stdout, everything else to stderr.',
    ...section('Exit status', [
      [String(EXIT.ok), 'done'],
      [String(EXIT.failed), 'something was not found, is out of sync, or could not be done'],
      [String(EXIT.usage), 'the command line is wrong'],
      [String(EXIT.unavailable), 'RabbitMQ, the shop or the internal system does not answer'],
      [String(EXIT.bug), 'a bug in order-sync; please report it'],
      [
        String(EXIT.drainDeadlinePassed),
        'start: stopped after SHUTDOWN_TIMEOUT_MS; unfinished events are back in the queue',
      ],
      [String(EXIT.badConfiguration), 'a person must change the configuration, or what the broker or database holds'],
    ]),
  ].join('\n'),
);

await program.parseAsync();
