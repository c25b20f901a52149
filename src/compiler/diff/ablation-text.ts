import { listed } from '../diagnostics/listing.ts';
import { formatCount } from '../ir/print.ts';
import type { Ablation, VariedNetwork } from './ablation.ts';

/**
 * An ablation as one line: `model.serial_rates and nothing else · 151 of 163 operations the same, others differ in rate ·
 * 5,335,154 parameters each`.
 */
export function ablationText({ settings, network, parameters }: Ablation): string {
  const paths = settings.map(({ path }) => path);
  const { least, most } = parameters;
  return [
    paths.length === 0 ? 'nothing' : `${listed(paths)} and nothing else`,
    ...(network === null ? [] : [networkText(network)]),
    least === most
      ? `${formatCount(least)} parameters each`
      : `${formatCount(least)} to ${formatCount(most)} parameters`,
  ].join(' · ');
}

function networkText({ operations: { same, all }, changed, partial }: VariedNetwork): string {
  if (same === all && !partial) return `all ${all} operations the same`;
  const ways = changed.map((what) =>
    what === 'operands' ? 'inputs' : what === 'weights' ? 'shared weights' : what,
  );
  const others = [
    ...(partial ? ['are left out in some'] : []),
    ...(ways.length === 0 ? [] : [`differ in ${listed(ways)}`]),
  ];
  return `${same} of ${all} operations the same, others ${others.join(' or ')}`;
}
