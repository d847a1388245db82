import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { AbortListener } from '../../src/async/abort-listener.ts';

test('hears why, until it is stopped', () => {
  const aborting = new AbortController();
  const heard: [string, unknown][] = [];
  const listeners = ['a', 'b', 'c'].map(
    (name) => new AbortListener(aborting.signal, (reason) => heard.push([name, reason])),
  );
  listeners[1]?.stop();
  aborting.abort('enough');
  expect(heard.sort()).toEqual([
    ['a', 'enough'],
    ['c', 'enough'],
  ]);
});

test('however many there are, the signal has one listener, and none after the last', () => {
  const { signal } = new AbortController();
  const count = () => getEventListeners(signal, 'abort').length;
  const first = new AbortListener(signal, () => undefined);
  const second = new AbortListener(signal, () => undefined);
  expect(count()).toBe(1);
  first.stop();
  first.stop();
  expect(count()).toBe(1);
  second.stop();
  expect(count()).toBe(0);
});

test('those that hear may stop each other', () => {
  const aborting = new AbortController();
  const heard: string[] = [];
  const listeners: AbortListener[] = [];
  for (const name of ['a', 'b', 'c']) {
    const hear = () => {
      heard.push(name);
      for (const each of listeners) each.stop();
    };
    listeners.push(new AbortListener(aborting.signal, hear));
  }
  aborting.abort();
  expect(heard).toContain('a');
  expect(getEventListeners(aborting.signal, 'abort')).toEqual([]);
});
