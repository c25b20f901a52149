import { type LogEvent, noticeText } from '../src/runtime/index.ts';
import { counted, duration, number } from './quantities.ts';

/** One line about an event, as the log and the plain output show it. */
export function eventText(event: LogEvent): string {
  switch (event.type) {
    case 'started':
      return [
        `fold ${event.fold} of ${event.folds}: ${counted(event.images.train, 'training image')} of ${counted(event.patients.train, 'patient')}`,
        `${event.images.heldOut} held out of ${event.patients.heldOut}`,
        `${counted(event.stepsPerEpoch, 'step')}/epoch`,
        `${event.parameters.toLocaleString('en')} parameters`,
        `${event.backend}, ${counted(event.threads, 'thread')}`,
        ...(event.epoch > 0 ? [`going on after epoch ${event.epoch}`] : []),
      ].join(' · ');
    case 'epoch':
      return epochText(event);
    case 'checkpoint':
      return `kept ${event.folder}`;
    case 'notice':
    case 'failed':
      return noticeText(event);
    case 'stopped':
      return `fold ${event.fold} stopped after epoch ${event.epoch}`;
    case 'finished':
      return `fold ${event.fold} finished after epoch ${event.epoch}`;
    default:
      return event satisfies never;
  }
}

function epochText(event: Extract<LogEvent, { type: 'epoch' }>): string {
  const heads = Object.entries(event.heads);
  const losses =
    heads.length > 1 ? ` (${heads.map(([head, loss]) => `${head} ${number(loss)}`).join(', ')})` : '';
  const heldOut = Object.entries(event.heldOut)
    .filter(([name]) => !name.endsWith('.loss'))
    .map(([name, value]) => `${name} ${number(value)}`);
  return [
    `fold ${event.fold} epoch ${event.epoch}`,
    `loss ${number(event.loss)}${losses}`,
    ...(heldOut.length > 0 ? [`held out ${heldOut.join(', ')}`] : []),
    `${duration(event.epochMs)}/epoch`,
  ].join(' · ');
}
