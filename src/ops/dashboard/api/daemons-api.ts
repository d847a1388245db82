import type { DaemonStore } from '../../../internal-system/daemon-store.ts';
import { type ListedDaemon, listDaemons } from '../../../internal-system/listed-daemons.ts';
import { cached } from '../cached.ts';

const CACHE_MS = 1_000;

/** The daemons of this internal system, those of other shops as well. */
export interface DaemonsAnswer {
  /** Null: the internal system does not keep which there are. */
  readonly daemons: readonly ListedDaemon[] | null;
  /** The one that answers. */
  readonly self: string;
}

export class DaemonsApi {
  readonly #answer: { readonly get: () => Promise<DaemonsAnswer> };

  /** @param self the id of this daemon */
  constructor(store: DaemonStore | undefined, self: string) {
    this.#answer = cached(CACHE_MS, async () => ({
      daemons: store === undefined ? null : await listDaemons(store),
      self,
    }));
  }

  /** @throws SyncError */
  answer(): Promise<DaemonsAnswer> {
    return this.#answer.get();
  }
}
