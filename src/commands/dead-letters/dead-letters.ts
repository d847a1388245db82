import type { Command } from 'commander';
import { defineDiscard } from './discard.ts';
import { defineList } from './list.ts';
import { defineReplay } from './replay.ts';
import { defineShow } from './show.ts';

export function defineDeadLetters(program: Command): void {
  const deadLetters = program
    .command('dead-letters')
    .summary('the events that need a person: list, show, replay, discard')
    .description(
      'The events that cannot succeed without a person wait in the queue <RABBITMQ_QUEUE>.dead-letters, each with a reason. ' +
        'Looking at them consumes nothing and loses nothing; but while one person looks, a second one does not see them.',
    );
  defineList(deadLetters);
  defineShow(deadLetters);
  defineReplay(deadLetters);
  defineDiscard(deadLetters);
}
