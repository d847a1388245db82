import { expect, test } from 'vitest';
import { type ServerSentEvent, serverSentEvents } from '../../../src/commands/live/server-sent-events.ts';

async function eventsOf(...chunks: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  async function* body() {
    for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
  const events: ServerSentEvent[] = [];
  for await (const event of serverSentEvents(body())) events.push(event);
  return events;
}

test('events are read however their bytes are cut', async () => {
  const whole = Buffer.from('event: tick\ndata: {"order":"茶"}\n\ndata: one\ndata: two\n\n');
  const expected = [
    { event: 'tick', data: '{"order":"茶"}' },
    { event: 'message', data: 'one\ntwo' },
  ];
  expect(await eventsOf(whole)).toEqual(expected);
  expect(await eventsOf(...Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(expected);
});

test('what is not complete, and comments, are left out', async () => {
  expect(await eventsOf(': still here\n\nevent: tick\ndata: cut')).toEqual([{ event: 'message', data: '' }]);
});
