#!/usr/bin/env node
import { Command } from 'commander';
import { EXIT } from './commands/cli/exit-status.ts';
import { section } from './commands/cli/help-text.ts';
import { defineStart } from './commands/start.ts';
import { VERSION } from './version.ts';

const program = new Command('order-sync')
  .description(
    "Brings the shop's orders into the internal system, without losing one:\n\n" +
      '  shop ─ event ─▶ RabbitMQ ─▶ order-sync ─ order ─▶ internal system\n' +
      "                                  └── fetches the order from the shop's API\n\n" +
      'An event that fails is tried again, later and later; one that cannot succeed\n' +
      'without a person waits in the dead letters. While the shop or the internal\n' +
      'system is down, nothing is taken and nothing is lost.',
  )
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT.ok : EXIT.usage));

program.commandsGroup('Run:');
defineStart(program);
// The daemon needs none of the others, which would take it 10 MB and a good part of its start-up.
if (process.argv[2] !== 'start') {
  const { defineOperatorCommands } = await import('./commands/operator-commands.ts');
  defineOperatorCommands(program);
}
program.commandsGroup('Learn:').helpCommand('help [command]', 'how to use a command');

program.addHelpText(
  'after',
  [
    ...section('Examples', [
      ['order-sync check', 'can everything be reached?'],
      ['order-sync start', 'run the daemon'],
      ['order-sync status 10086', 'has order 10086 arrived?'],
      ['order-sync orders --since 1h', 'what came in the last hour'],
      ['order-sync top', 'watch orders arrive'],
      ['order-sync dead-letters list', 'what waits for a person, and why'],
      ['order-sync dead-letters replay 10086', 'the cause is gone: try it again'],
      ['order-sync resync --dry-run 10086', 'what does the shop have that we have not?'],
      ['order-sync reconcile --dry-run', 'which orders did never arrive?'],
      ['order-sync send < numbers.txt', 'events for many orders'],
    ]),
    '',
    'Settings come from the environment and from .env in this folder: .env.example explains each one.',
    'Every command has --help; most have --json. Answers go to stdout, all else to stderr.',
    ...section('Exit status', [
      [String(EXIT.ok), 'done'],
      [String(EXIT.failed), 'some of what was asked for is not so, or could not be done'],
      [String(EXIT.usage), 'the command line is wrong'],
      [String(EXIT.unavailable), 'broker, shop or internal system does not answer'],
      [String(EXIT.bug), 'a bug in order-sync'],
      [String(EXIT.drainDeadlinePassed), 'start: stopped before all in flight was done; the rest is back in the queue'],
      [String(EXIT.badConfiguration), 'a person has to change the configuration, or what broker or database hold'],
    ]),
  ].join('\n'),
);

await program.parseAsync();
