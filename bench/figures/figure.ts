import type { Lab } from '../lab/lab.ts';
import type { FigureResult } from '../report/results.ts';

export interface Figure {
  /** As in `--only`. */
  readonly name: string;
  readonly title: string;
  /** @throws BenchError when a contender did its work wrong */
  run(lab: Lab): Promise<FigureResult>;
}
