import type { Scene } from '../../scene/scene.ts';
import { storedContent } from '../../servers/internal-database.ts';

/** `order-sync status` of an order that is gone must tell what became of it, and not that its event never came. */
export async function statusKnows(scene: Scene, forgotten: readonly string[]): Promise<void> {
  const { database } = scene;
  const contents = await Promise.all(forgotten.map((orderNumber) => storedContent(database, orderNumber)));
  const gone = forgotten.find((_, index) => contents[index] === undefined);
  if (gone === undefined) throw new Error('expected an order that is gone, found only older versions');
  const { output } = await commandEnded(scene, 'status', gone);
  if (!/Acked/.test(output) || /never/i.test(output)) throw new Error(`status is wrong about ${gone}:\n${output}`);
}

export function checkFindsNothingWrong(scene: Scene): Promise<void> {
  return checkSays(scene, '', 0);
}

/** Commits hang, and `order-sync check` must say what they wait for. */
export function checkNamesTheStandby(scene: Scene): Promise<void> {
  return checkSays(scene, 'SyncRep', 69);
}

async function checkSays(scene: Scene, text: string, expectedStatus: number): Promise<void> {
  const { output, status } = await commandEnded(scene, 'check');
  if (status !== expectedStatus || !output.includes(text))
    throw new Error(`check ended with ${status}, expected ${expectedStatus} and "${text}":\n${output}`);
}

async function commandEnded(scene: Scene, ...words: readonly string[]) {
  const command = scene.startCommand(...words);
  const status = await command.exited;
  return { status, output: command.output };
}
