import { EventEmitter } from 'node:events';
import { render } from 'ink';
import type { Effect } from '../session/effects.ts';
import { initialSession } from '../session/initial.ts';
import type { ViewName } from '../session/session.ts';
import { lookFor } from '../theme/look.ts';
import { createProgram } from '../update/program.ts';
import { frameOf, graphicsOver } from '../views/frame.ts';
import { World } from '../world/world.ts';
import { Keyboard } from './keyboard.tsx';
import type { Opening } from './opening.ts';
import { AlternateScreen } from './screen.ts';

/** At most fifteen frames per second. */
const frameMs = 67;

/** Signals that end programs; by themselves they would leave the terminal as it is. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Shows a session on the terminal until the user leaves. No run is disturbed by this, nor by a crash of it. */
export async function attach(opening: Opening): Promise<void> {
  const { stdout, env } = process;
  const screen = new AlternateScreen(stdout, { mouse: !/\bnomouse\b/.test(env['CMRC_TUI'] ?? '') });
  const restore = (): void => screen.close();
  process.on('exit', restore);
  // Before anyone tells of a crash, so that it is told on the screen that stays.
  process.on('uncaughtExceptionMonitor', restore);
  try {
    await show(opening, screen);
  } finally {
    process.off('exit', restore);
    process.off('uncaughtExceptionMonitor', restore);
    restore();
  }
}

/** Shows a session on a screen that was opened for it. */
async function show({ parent, run, spec }: Opening, screen: AlternateScreen): Promise<void> {
  const { stdin, stdout, env } = process;
  const view: ViewName = run !== undefined ? 'run' : spec !== undefined ? 'specs' : 'runs';
  const size = () => ({ columns: stdout.columns, rows: stdout.rows });
  const program = createProgram(
    initialSession({ ...size(), now: Date.now(), look: lookFor(stdout, env), parent, view }),
    (effect) => perform(effect),
    frameMs,
  );
  const world = new World({ parent, spec: spec ?? null, send: program.send, current: program.current });
  const ink = render(<Keyboard program={program} />, {
    // Ink is to draw nothing; the lines of the session go to the screen themselves.
    stdout: Object.assign(new EventEmitter(), {
      ...size(),
      isTTY: true,
      write: () => true,
    }) as unknown as NodeJS.WriteStream,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const draw = (): void => {
    const session = program.current();
    screen.draw(frameOf(session), graphicsOver(session));
  };
  const unsubscribe = program.subscribe(draw);
  const resized = (): void => {
    screen.reset();
    program.send({ kind: 'resized', ...size() });
  };
  stdout.on('resize', resized);
  const suspend = (): void => {
    screen.close();
    stdin.setRawMode(false);
    process.once('SIGCONT', () => {
      stdin.setRawMode(true);
      screen.open();
      program.send({ kind: 'resized', ...size() });
      draw();
    });
    // The whole job, as the terminal does it: a shell waits for all of its processes. Runs are jobs of their own.
    process.kill(0, 'SIGSTOP');
  };
  process.on('SIGTSTP', suspend);
  const leave = (): void => ink.unmount();
  for (const signal of endings) process.on(signal, leave);
  // A terminal that was closed says nothing more, and not every shell passes its signal on.
  for (const ended of ['end', 'error'] as const) stdin.on(ended, leave);
  draw();
  if (run !== undefined) world.perform({ kind: 'open', folder: run });
  if (spec !== undefined) world.perform({ kind: 'openSpec', path: spec });
  world.start();
  try {
    await ink.waitUntilExit();
  } finally {
    world.stop();
    unsubscribe();
    stdout.off('resize', resized);
    process.off('SIGTSTP', suspend);
    for (const signal of endings) process.off(signal, leave);
    for (const ended of ['end', 'error'] as const) stdin.off(ended, leave);
  }

  function perform(effect: Effect): void {
    if (effect.kind === 'leave') ink.unmount();
    else if (effect.kind === 'suspend') suspend();
    else world.perform(effect);
  }
}
