import type { Command } from 'commander';
import { defineDiscard } from './discard.ts';
import { defineList } from './list.ts';
import { defineReplay } from './replay.ts';
import { defineRestore } from './restore.ts';
import { defineShow } from './show.ts';

export function defineDeadLetters(program: Command): void {
  const deadLetters = program
    .command('dead-letters')
    .summary('list, show, replay, discard or restore the events that need a person')
    .description(
      'Events that cannot succeed without a person wait in the queue <RABBITMQ_QUEUE>.dead-letters, each with a reason. ' +
        'Looking at them removes nothing, but hides them from anyone else who looks at the same time.',
    );
  defineList(deadLetters);
  defineShow(deadLetters);
  defineReplay(deadLetters);
  defineDiscard(deadLetters);
  defineRestore(deadLetters);
}
