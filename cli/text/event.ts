import { partsOfMetric } from '../../src/compiler/index.ts';
import { damageText, type LogEvent, noticeText } from '../../src/runtime/index.ts';
import { shortNames } from './metric-names.ts';
import { counted, duration, number } from './quantities.ts';
import { structuresBehind, structuresOfMean } from './structures.ts';

/**
 * One line about an event, as the log and the plain output show it.
 * @param metrics what to tell of held-out images, in order; an epoch knows more
 * @param units by metric, of those that are no shares
 */
export function eventText(
  event: LogEvent,
  metrics: readonly string[],
  units: Readonly<Record<string, string>> = {},
): string {
  switch (event.type) {
    case 'started':
      return [
        `fold ${event.fold} of ${event.folds}: ${counted(event.images.train, 'training image')} of ${counted(event.patients.train, 'patient')}`,
        `${event.images.heldOut} held out of ${event.patients.heldOut}`,
        `${counted(event.stepsPerEpoch, 'step')}/epoch`,
        `${event.parameters.toLocaleString('en')} parameters`,
        `${event.backend}, ${counted(event.threads, 'thread')}`,
        ...(event.epoch > 0 || event.step !== undefined ? [`going on after ${placeText(event)}`] : []),
      ].join(' · ');
    case 'epoch':
      return epochText(event, metrics, units);
    case 'checkpoint':
    case 'kept':
      return `kept ${event.folder}`;
    case 'notice':
    case 'failed':
      return noticeText(event);
    case 'paused':
      return `fold ${event.fold} waits before step ${event.step} of epoch ${event.epoch}`;
    case 'continued':
      return `fold ${event.fold} goes on with step ${event.step} of epoch ${event.epoch}`;
    case 'changed': {
      const { from, to } = event.learningRate;
      return `fold ${event.fold}: learning rate ${number(from)} → ${number(to)} by hand, from step ${event.step} of epoch ${event.epoch} on`;
    }
    case 'stopped':
      return `fold ${event.fold} stopped after ${placeText(event)}`;
    case 'damaged':
      return `warning[CMR880]: ${damageText(event)} in events.jsonl; what was said there is not known`;
    case 'finished':
      return `fold ${event.fold} finished after epoch ${event.epoch}`;
    default:
      return event satisfies never;
  }
}

/** `epoch 2`, or `step 37 of 120 of epoch 3` within one. */
function placeText({ epoch, step, stepsPerEpoch }: Place): string {
  return step === undefined ? `epoch ${epoch}` : `step ${step} of ${stepsPerEpoch} of epoch ${epoch + 1}`;
}

type Place = Pick<Extract<LogEvent, { type: 'stopped' }>, 'epoch' | 'step' | 'stepsPerEpoch'>;

/** A share of the epoch that people would want back. */
const notableWait = 0.1;

function waitingText({ inputMs = 0, epochMs }: Extract<LogEvent, { type: 'epoch' }>): string {
  const share = inputMs / epochMs;
  return share < notableWait ? '' : `, ${Math.round(100 * share)} % of it waiting for images`;
}

function epochText(
  event: Extract<LogEvent, { type: 'epoch' }>,
  metrics: readonly string[],
  units: Readonly<Record<string, string>>,
): string {
  const heads = Object.entries(event.heads).map(([head, loss]) => `${head} ${number(loss)}`);
  const names = shortNames(metrics);
  const told = (name: string, path: string, isDetailed: boolean) => {
    if (!(path in event.heldOut)) return [];
    const structures = isDetailed ? structuresOfMean(event.heldOut, path) : [];
    const unit = units[path] === undefined ? '' : ` ${units[path]}`;
    return [`${name} ${number(event.heldOut[path])}${unit}${structuresBehind(structures)}`];
  };
  const heldOut = [
    ...told('loss', 'loss', false),
    ...metrics.flatMap((path, index) => told(names[index]!, path, isFirstOfHead(metrics, index))),
  ];
  return [
    `fold ${event.fold} epoch ${event.epoch}`,
    `loss ${number(event.loss)}${heads.length > 1 ? ` (${heads.join(', ')})` : ''}`,
    `held out ${heldOut.join(', ')}`,
    `${duration(event.epochMs)}/epoch${waitingText(event)}`,
  ].join(' · ');
}

/** A line has room for the structures of one metric; the others have theirs in the interface and in JSON. */
function isFirstOfHead(metrics: readonly string[], index: number): boolean {
  const { head } = partsOfMetric(metrics[index]!);
  return metrics.findIndex((path) => partsOfMetric(path).head === head) === index;
}
