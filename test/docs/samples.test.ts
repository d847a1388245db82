import { expect, test } from 'vitest';
import { aBystander, aQueueName, BROKER_URL } from '../helpers/broker.ts';
import { codeBlocks } from './documents.ts';
import { runSample } from './sample-script.ts';

test("README.md's sample for a shop in Node publishes an event, and ends", async () => {
  const [sample] = codeBlocks('README.md', 'js');
  const queue = aQueueName();
  const { ended } = runSample(sample?.code ?? '', { url: BROKER_URL, queue });
  expect(await ended).toEqual({ status: 0, stderr: '' });
  const { drain } = await aBystander();
  expect(await drain(queue)).toMatchObject([{ content: '{"orderNumber":"10086","event":"paid"}' }]);
});
