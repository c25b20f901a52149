import { alternatives, type Bag, type DataPlan, type Span } from '../../../compiler/index.ts';
import type { Grid } from '../../images/grid.ts';
import { maskValuesOf } from '../../images/mask-values.ts';
import { groupBy } from '../../random/group.ts';
import type { DataNeeds } from './dataset.ts';
import { belongs } from './encode.ts';
import { type Contact, type MaskShapes, maskShapes } from './mask-shapes.ts';

/** Where a mask is from. */
export interface MaskPlace {
  readonly id: string;
  readonly at: Span;
  readonly notes: readonly string[];
  /** The volume that it is a slice of. */
  readonly volume: string;
  readonly slice: number | null;
}

interface Seen extends MaskPlace {
  readonly shapes: MaskShapes;
}

/** Values of a cavity and of the wall around it. */
type Cavity = Pick<Contact, 'inner' | 'outer'>;

/** Pieces of a structure that are further apart, in pixels, are hardly one. */
const farApart = 12;
/** Sides of a cavity that touch its wall, of all sides over all masks, from which on it counts as a cavity. */
const cavityShare = 0.75;
/** Sides that a ring leaves open by the width of a pixel are a matter of drawing. */
const openSides = 2;
const fewPixels = 3;

/** What is found about masks by themselves and together, told once for all images that share it. */
export class MaskFindings {
  readonly #plan: DataPlan;
  readonly #needs: DataNeeds;
  readonly #seen: Seen[] = [];
  readonly #rounded: MaskPlace[] = [];
  #most = 0;

  constructor(plan: DataPlan, needs: DataNeeds) {
    this.#plan = plan;
    this.#needs = needs;
  }

  /** Looks at one mask. One whose values name no structures is an error, and false. */
  see(mask: Grid, place: MaskPlace, bag: Bag): boolean {
    const values = maskValuesOf(mask.values);
    if (values.kind === 'wrong') {
      const { id, at, notes } = place;
      bag.report('wrongMask', { at, arguments: { id, reason: values.reason }, notes });
      return false;
    }
    if (values.kind === 'rounded') {
      this.#rounded.push(place);
      this.#most = Math.max(this.#most, values.most);
    }
    const whole = values.kind === 'rounded' ? { ...mask, values: values.values } : mask;
    this.#seen.push({ ...place, shapes: maskShapes(whole) });
    return true;
  }

  /** Tells what was found. To be called when all masks were seen. */
  report(bag: Bag): void {
    this.#reportRounded(bag);
    this.#reportUnnamed(bag);
    this.#reportOdd(bag);
  }

  #reportRounded(bag: Bag): void {
    const [first] = this.#rounded;
    if (first === undefined) return;
    bag.report('roundedMask', {
      at: first.at,
      arguments: { count: this.#rounded.length, most: Number(this.#most.toPrecision(1)) },
      notes: [names(this.#rounded)],
    });
  }

  /** A structure without values owns all of them, which is right for one value alone. */
  #reportUnnamed(bag: Bag): void {
    const structure = this.#plan.structures.find(({ values }) => values.length === 0);
    const values = [...new Set(this.#seen.flatMap(({ shapes }) => [...shapes.values.keys()]))].sort(
      (a, b) => a - b,
    );
    const [first] = this.#seen;
    if (first === undefined || structure === undefined || values.length < 2 || !this.#needs.training) return;
    const lines = values.filter((value) => value > 0).map((value) => `value_${value} = ${value}`);
    bag.report('unnamedValues', {
      at: first.at,
      arguments: { values: alternatives(values.map(String), 'and'), structure: structure.name },
      help: [
        {
          message: `name them in the dataset: \`structures { ${lines.join('  ')} }\`, with words for what they are`,
        },
      ],
    });
  }

  #reportOdd(bag: Bag): void {
    const cavities = this.#cavities();
    const odd = this.#seen.flatMap((one) => this.#oddities(one, cavities).map((reason) => ({ one, reason })));
    for (const own of groupBy(odd, ({ reason }) => reason.replace(/\d+/g, '#')).values()) {
      const [first] = own as [(typeof own)[number]];
      bag.report('oddMask', {
        at: first.one.at,
        arguments: { count: own.length, reason: first.reason },
        notes: [names(own.map(({ one }) => one))],
      });
    }
  }

  /** Pairs of a cavity and its wall, as most masks have them. */
  #cavities(): readonly Cavity[] {
    const contacts = this.#seen.flatMap(({ shapes }) => shapes.contacts);
    return [...groupBy(contacts, ({ inner, outer }) => `${inner} ${outer}`).values()].flatMap((own) => {
      const touching = own.reduce((sum, one) => sum + one.touching, 0);
      const all = own.reduce((sum, one) => sum + one.touching + one.open, 0);
      const { inner, outer } = own[0]!;
      return all > 0 && touching / all >= cavityShare ? [{ inner, outer }] : [];
    });
  }

  #oddities(one: Seen, cavities: readonly Cavity[]): readonly string[] {
    const { values, contacts } = one.shapes;
    const found: string[] = [];
    for (const [value, { pieces, apart }] of values) {
      if (pieces > 1 && apart > farApart)
        found.push(`${this.#name(value)} lies in ${pieces} pieces, ${Math.round(apart)} pixels apart`);
    }
    for (const { inner, outer } of cavities) {
      const [cavity, wall] = [this.#name(inner), this.#name(outer)];
      const pixels = values.get(inner)?.pixels ?? 0;
      if (pixels > fewPixels && !values.has(outer))
        found.push(`${cavity} is there without ${wall} around it`);
      const contact = contacts.find((each) => each.inner === inner && each.outer === outer);
      if (contact === undefined) continue;
      if (contact.outside > fewPixels)
        found.push(`${cavity} reaches out of ${wall} around it, by ${contact.outside} pixels`);
      else if (contact.open > openSides)
        found.push(
          `the ring of ${wall} around ${cavity} is not closed, over ${contact.open} sides of pixels`,
        );
    }
    return [...found, ...this.#gaps(one)];
  }

  /** Structures that both neighbours of a slice have, and the slice has not. */
  #gaps({ volume, slice, shapes }: Seen): readonly string[] {
    if (slice === null) return [];
    const [before, after] = [slice - 1, slice + 1].map(
      (wanted) => this.#bySlice().get(`${volume} ${wanted}`)?.shapes.values,
    );
    const missing = [...(before ?? [])].filter(
      ([value, shape]) => shape.pixels > fewPixels && after?.has(value) === true && !shapes.values.has(value),
    );
    return missing.map(([value]) => `${this.#name(value)} is missing between two slices that have it`);
  }

  #places: ReadonlyMap<string, Seen> | null = null;

  #bySlice(): ReadonlyMap<string, Seen> {
    this.#places ??= new Map(this.#seen.map((one) => [`${one.volume} ${one.slice}`, one]));
    return this.#places;
  }

  #name(value: number): string {
    const named = this.#plan.structures.find((one) => one.values.length > 0 && belongs(one, value));
    return named === undefined ? `the value ${value}` : `the structure \`${named.name}\``;
  }
}

const mostNamed = 10;

function names(places: readonly MaskPlace[]): string {
  const more = places.length - mostNamed;
  const shown = places.slice(0, mostNamed).map(({ id }) => id);
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
