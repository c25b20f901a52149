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
  const left = own.map(([, forecast]) => forecast).filter((forecast) => forecast.ms > 0);
  const notes = [`\`${study.name}\` has ${counted(left.length, 'trial')} left, told from ${basesOf(left)}`];
  const span = spanTogether(plan, left);
  if (ms !== null && span.ms > ms.amount) {
    bag.report('overBudget', {
      at: ms.at,
      arguments: { needed: timeText(span), what: 'time', budget: duration(ms.amount) },
      notes,
      help: [
        {
          message:
            'vary less, train fewer epochs, or raise the budget; `--dry-run` shows what takes how long',
        },
      ],
    });
  }
  const peak = Math.max(0, ...left.map((forecast) => forecast.bytes));
  if (bytes !== null && peak > bytes.amount) {
    bag.report('overBudget', {
      at: bytes.at,
      arguments: { needed: storage(peak), what: 'memory', budget: storage(bytes.amount) },
      notes,
      help: [{ message: 'use a smaller `train.batch`, a smaller network, or raise the budget' }],
    });
  }
}

function basesOf(forecasts: readonly Forecast[]): string {
  return [...new Set(forecasts.map(({ basis }) => basis))].join(' and ');
}
