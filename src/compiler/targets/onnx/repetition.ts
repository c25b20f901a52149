import type { Shape } from '../../ir/shape.ts';
import { OnnxModel } from './model.ts';

/** A result of the step. */
interface Result {
  readonly name: string;
  /** The input that the next step takes it by; null for what is given out of every step. */
  readonly next: string | null;
  /** What it is called in the body. */
  readonly made: string;
  readonly sizes: Shape;
}

/**
 * Several steps in one run: a `Loop` whose body is the step. What a step leaves to the next one stays within the library,
 * and leaves it once, after the last step. What each step is given lies one behind the other along a first axis, and so
 * does what each of them tells.
 */
export class Repetition {
  readonly #body: OnnxModel;
  readonly #model = new OnnxModel('steps');
  readonly #carried: string[] = [];
  #first: string | null = null;

  constructor(body: OnnxModel) {
    this.#body = body;
    body.input('iteration', [], 'int64');
    body.input('goes on', [], 'bool');
  }

  /** An input that every step changes; what the body calls it. */
  carried(name: string, sizes: Shape): string {
    this.#model.input(name, sizes);
    this.#body.input(`before/${name}`, sizes);
    this.#carried.push(name);
    return `before/${name}`;
  }

  /** An input of which every step has its own; what the body calls it. */
  given(name: string, sizes: Shape): string {
    this.#model.input(name, [null, ...sizes]);
    this.#first ??= name;
    return this.#body.nodes('Gather', [name, 'iteration'], { axis: 0 })[0]!;
  }

  /** An input that stays; what the body calls it. */
  constant(name: string, sizes: Shape): string {
    this.#model.input(name, sizes);
    return name;
  }

  /** The model, once the body is complete. `finite` is 1 where a step may follow. */
  finish(results: readonly Result[], finite: string | null): OnnxModel {
    const [body, model] = [this.#body, this.#model];
    const carried = this.#carried.map((name) => results.find(({ next }) => next === name)!);
    const reported = results.filter(({ next }) => next === null);
    const going =
      finite === null ? body.nodes('Identity', ['goes on'], {}) : body.nodes('Cast', [finite], { to: 9 });
    body.output('goes on then', going[0]!, [], 'bool');
    for (const { name, made, sizes } of [...carried, ...reported]) body.output(`made/${name}`, made, sizes);
    const steps = model.nodes('Shape', [this.#first!], { start: 0, end: 1 });
    const names = model.nodes(
      'Loop',
      [steps[0]!, '', ...this.#carried],
      { body: { graph: body } },
      { results: results.length, label: 'steps' },
    );
    for (const [index, { name, sizes }] of carried.entries()) model.output(name, names[index]!, sizes);
    for (const [index, { name, sizes }] of reported.entries())
      model.output(name, names[carried.length + index]!, [null, ...sizes]);
    return model;
  }
}
