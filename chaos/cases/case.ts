import type { Limits } from '../checks/records.ts';
import type { PlanOptions } from '../scene/plan.ts';
import type { Scene, SceneOptions } from '../scene/scene.ts';
import type { DatabaseKind } from '../servers/internal-database.ts';
import type { BrokerVersion } from '../servers/servers.ts';

/** One row of the fault catalogue. */
export interface ChaosCase {
  /** As in the catalogue. */
  readonly id: string;
  /** What goes wrong, in a few words. */
  readonly fault: string;
  /** Which internal systems it is about. @defaultValue ['sqlite'] */
  readonly databases?: readonly DatabaseKind[];
  /** @defaultValue ['classic'] */
  readonly queueTypes?: readonly QueueType[];
  readonly scene?: Partial<SceneOptions>;
  /** When how much is published depends on how long it is played. */
  readonly planFor?: (choice: Choice) => PlanOptions;
  readonly limits?: Partial<Limits>;
  /** Daemons started before the first event. @defaultValue 1; with 0, `play` starts them */
  readonly daemons?: number;
  /** Why it cannot be played here; undefined when it can. */
  readonly cannot?: (choice: Choice) => string | undefined | Promise<string | undefined>;
  /** Injects the fault while orders pour in, and heals it. The harness then waits until all is quiet. */
  readonly play?: (scene: Scene, choice: Choice) => Promise<void>;
}

export type QueueType = 'classic' | 'quorum';

/** Which variant of a case is played. */
export interface Choice {
  readonly database: DatabaseKind;
  readonly queueType: QueueType;
  readonly broker: BrokerVersion;
  readonly seed: number;
  /** How long the mixture X lasts. */
  readonly minutes: number;
}
