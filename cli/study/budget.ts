import { Bag } from '../../src/compiler/index.ts';
import type { Forecast, Trial } from '../../src/runtime/index.ts';
import { onCommandLine } from '../output/report.ts';
import { counted, duration, storage } from '../text/quantities.ts';
import { forecastsOf, type Plan, spanTogether } from './plan.ts';
import { budgetOf, type Study } from './study.ts';
import { timeText } from './time.ts';

/** What the studies need beyond what the spec allows them, or the machine has. */
export function overBudget(plan: Plan): Bag {
  const bag = new Bag();
  const predicted = forecastsOf(plan);
  for (const study of plan.studies) overBudgetOf(study, plan, predicted, bag);
  // What the spec forbids is not held against the machine as well.
  if (bag.hasErrors) return bag;
  const seen = new Set<string>();
  for (const [{ run }, { ms, bytes }] of predicted) {
    const name = run.members[0]!;
    if (bytes <= plan.budget.bytes || ms === 0 || seen.has(name)) continue;
    seen.add(name);
    bag.report('tooMuchMemory', {
      at: onCommandLine,
      arguments: { experiment: name, needed: storage(bytes), limit: storage(plan.budget.bytes) },
      help: [{ message: 'use a smaller `train.batch`, a smaller network, or a machine with more memory' }],
    });
  }
  return bag;
}

/** Reports a study that takes longer, or one trial of it that takes more memory, than the spec allows. */
function overBudgetOf(study: Study, plan: Plan, predicted: ReadonlyMap<Trial, Forecast>, bag: Bag): void {
  const { ms, bytes } = budgetOf(study);
  const names = new Set(study.members.map(({ name }) => name));
  const own = [...predicted].filter(([{ run }]) => run.members.some((name) => names.has(name)));
  const left = own.map(([, told]) => told).filter((told) => told.ms > 0);
  const notes = [`\`${study.name}\` has ${counted(left.length, 'trial')} left, told from ${basesOf(left)}`];
  const span = spanTogether(plan, left);
  if (ms !== null && span.ms > ms.most) {
    bag.report('overBudget', {
      at: ms.at,
      arguments: { needed: timeText(span), what: 'time', budget: duration(ms.most) },
      notes,
      help: [
        {
          message:
            'vary less, train fewer epochs, or raise the budget; `--dry-run` shows what takes how long',
        },
      ],
    });
  }
  const most = Math.max(0, ...left.map((told) => told.bytes));
  if (bytes !== null && most > bytes.most) {
    bag.report('overBudget', {
      at: bytes.at,
      arguments: { needed: storage(most), what: 'memory', budget: storage(bytes.most) },
      notes,
      help: [{ message: 'use a smaller `train.batch`, a smaller network, or raise the budget' }],
    });
  }
}

function basesOf(told: readonly Forecast[]): string {
  return [...new Set(told.map(({ basis }) => basis))].join(' and ');
}
