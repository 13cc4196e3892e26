// A scenario: one fault of the list, made for real, with what must come of it.
import type { Scene } from './scene.ts';

export interface Scenario {
  /** Of the fault in the list of docs/reliability.md. */
  number: number;
  /** What is done wrong. */
  fault: string;
  /** What must come of it. */
  expected: string;
  run(scene: Scene, options: Options): Promise<void>;
  /** Takes much memory, disk or time: runs with nothing beside it. */
  alone?: boolean;
  /** In words, where the machine can not make the fault. */
  impossible?: () => Promise<string | null> | string | null;
}

export interface Options {
  kills: number;
  seed: number;
}
