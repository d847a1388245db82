import type { Lab } from '../lab/lab.ts';
import type { FigureResult } from '../report/results.ts';

export interface Figure {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** @throws BenchError when a contender got something wrong */
  run(lab: Lab): Promise<FigureResult>;
}
