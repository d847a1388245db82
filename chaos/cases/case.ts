import type { Limits } from '../checks/records.ts';
import type { Violation } from '../checks/violation.ts';
import type { PlanOptions } from '../scene/plan.ts';
import type { Scene, SceneOptions } from '../scene/scene.ts';
import type { DatabaseKind } from '../servers/internal-database.ts';
import type { BrokerVersion } from '../servers/servers.ts';

/** One row of the fault catalogue. */
export interface ChaosCase {
  /** Its id in the catalogue. */
  readonly id: string;
  /** What goes wrong, in a few words. */
  readonly fault: string;
  /** The internal systems to play it on. @defaultValue ['sqlite'] */
  readonly databases?: readonly DatabaseKind[];
  /** @defaultValue ['classic'] */
  readonly queueTypes?: readonly QueueType[];
  readonly scene?: Partial<SceneOptions>;
  /** When the amount of events depends on the length of the run. */
  readonly planFor?: (choice: Choice) => PlanOptions;
  readonly limits?: Partial<Limits>;
  /** Daemons started before the first event. @defaultValue 1; with 0, `play` starts them */
  readonly daemons?: number;
  /** Why it cannot run here; undefined when it can. */
  readonly cannot?: (choice: Choice) => string | undefined | Promise<string | undefined>;
  /** Injects the fault while orders arrive, then heals it. The harness then waits until everything is settled. */
  readonly play?: (scene: Scene, choice: Choice) => Promise<void>;
  /** What else is wrong once everything is settled and the daemons have ended. */
  readonly inspect?: (scene: Scene) => Promise<readonly Violation[]>;
}

export type QueueType = 'classic' | 'quorum';

/** One variant of a case. */
export interface Choice {
  readonly database: DatabaseKind;
  readonly queueType: QueueType;
  readonly broker: BrokerVersion;
  readonly seed: number;
  /** How long the mixture X lasts. */
  readonly minutes: number;
}
