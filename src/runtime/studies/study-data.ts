import { Bag, type RunPlan, withContent } from '../../compiler/index.ts';
import { contentDigest, contentOf, type ImageContent } from '../data/dataset/content.ts';
import { digestsOf } from '../data/dataset/digests.ts';
import { loadDataset } from '../data/dataset/load.ts';
import { cacheBeside } from '../runs/record/located.ts';
import { withStartingRuns } from '../runs/results/starting-weights.ts';

/** The data of a study's members as they lie here now; read once however many members share them. */
export class StudyData {
  readonly #cache: string;
  readonly #known = new Map<string, readonly ImageContent[] | null>();

  /** @param parent the folder of runs */
  constructor(parent: string) {
    this.#cache = cacheBeside(parent);
  }

  /** The plan with the digest of its data, and with what the runs are that it starts from; as it is where they cannot be read. */
  identify(plan: RunPlan): RunPlan {
    const rows = this.contentOf(plan);
    const known = rows === null ? plan : withContent(plan, contentDigest(rows, plan.data));
    return withStartingRuns(known, new Bag()) ?? known;
  }

  /** What the images of a plan hold; null where its manifest cannot be read, and for a phantom, which is its settings. */
  contentOf(plan: RunPlan): readonly ImageContent[] | null {
    const { source } = plan.data;
    if (source.kind === 'phantom') return null;
    const { classes, attributes } = plan.data;
    const asked = plan.heads.map(({ kind, attribute }) => [kind, attribute]);
    const key = JSON.stringify([source.path, classes, attributes, asked]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const loaded = loadDataset(plan, new Bag(), { complete: false });
    const rows = loaded === null ? null : contentOf(plan, loaded.dataset, digestsOf(plan, this.#cache));
    this.#known.set(key, rows);
    return rows;
  }
}
