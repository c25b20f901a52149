import { Box, render, Text, useInput } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import { launchTraining, type Run, runFiles, stopTraining } from '../../src/runtime/index.ts';
import { loadPreview, watchRun } from './events.ts';
import { actionFor, keyName } from './keymap.ts';
import { arrange, smallest } from './layout.ts';
import { AlternateScreen } from './screen.ts';
import { type Effect, initialState, type Message, type State, summarise, update } from './state.ts';
import { depthOf, type Theme, themeOf } from './theme.ts';
import { footer } from './views/footer.ts';
import { header } from './views/header.ts';
import { HelpView } from './views/help.tsx';
import { LogView } from './views/log.tsx';
import { RunView } from './views/run.tsx';

/** Holds the state outside of React: `send` is the only way to change it, effects are done by the one who made it. */
export interface Program {
  readonly current: () => State;
  readonly send: (message: Message) => void;
  readonly subscribe: (listener: () => void) => () => void;
}

/** @param frameMs how long news may be gathered before listeners are told; 0 tells them of everything */
export function createProgram(initial: State, perform: (effect: Effect) => void, frameMs = 0): Program {
  let state = initial;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const tell = (): void => {
    timer = undefined;
    for (const listener of listeners) listener();
  };
  return {
    current: () => state,
    send: (message) => {
      const [next, effects] = update(state, message);
      if (next !== state) {
        state = next;
        if (frameMs === 0) tell();
        else if (timer === undefined) timer = setTimeout(tell, frameMs);
      }
      for (const effect of effects) perform(effect);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** At most fifteen frames per second. */
const frameMs = 66;

/** The whole screen. */
export function App({ program, theme }: { readonly program: Program; readonly theme: Theme }): ReactNode {
  const state = useSyncExternalStore(program.subscribe, program.current);
  useInput((input, key) => {
    const action = actionFor(program.current(), keyName(input, key));
    if (action !== null) program.send({ kind: 'action', action });
  });
  return <Screen state={state} theme={theme} />;
}

/** A state as a screen of its size. */
export function Screen({ state, theme }: { readonly state: State; readonly theme: Theme }): ReactNode {
  if (state.columns < smallest.columns || state.rows < smallest.rows) {
    return <Text>the terminal is too small: {`${smallest.columns}×${smallest.rows} at least`}</Text>;
  }
  const layout = arrange(state.columns, state.rows, state.run.metrics.length);
  const View = { run: RunView, log: LogView, help: HelpView }[state.view];
  return (
    <Box flexDirection="column">
      <Text wrap="truncate">{header(theme, state)}</Text>
      <View state={state} layout={layout} theme={theme} />
      <Text wrap="truncate">{footer(theme, state)}</Text>
    </Box>
  );
}

/** Signals that end programs; by themselves they would leave the terminal as it is. */
const endings = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Shows a run on the terminal until the user leaves. The run itself is not disturbed by this, nor by a crash of it. */
export async function attach(run: Run): Promise<void> {
  const { stdout } = process;
  const screen = new AlternateScreen(stdout);
  const restore = (): void => screen.close();
  process.on('exit', restore);
  // Before anyone tells of a crash, so that it is told on the screen that stays.
  process.on('uncaughtExceptionMonitor', restore);
  const theme = themeOf(depthOf(stdout));
  const program = createProgram(
    initialState(summarise(run.folder, run.record), {
      columns: stdout.columns,
      rows: stdout.rows,
      now: Date.now(),
      overlay: theme.depth < 8 ? 'letters' : 'colours',
    }),
    (effect) => perform(effect),
    frameMs,
  );
  const ink = render(<App program={program} theme={theme} />, {
    stdout: screen as unknown as NodeJS.WriteStream,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const resized = (): void => {
    screen.reset();
    program.send({ kind: 'resized', columns: stdout.columns, rows: stdout.rows });
  };
  stdout.on('resize', resized);
  const leave = (): void => ink.unmount();
  for (const signal of endings) process.on(signal, leave);
  const unwatch = watchRun(run.folder, program.send);
  try {
    await ink.waitUntilExit();
  } finally {
    unwatch();
    stdout.off('resize', resized);
    for (const signal of endings) process.off(signal, leave);
    process.off('exit', restore);
    process.off('uncaughtExceptionMonitor', restore);
    restore();
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case 'leave':
        ink.unmount();
        return;
      case 'stop':
        stopTraining(run.folder);
        return;
      case 'resume':
        void launchTraining(run.folder).then((atWork) => {
          if (!atWork)
            program.send({ kind: 'notice', text: `training did not start: see ${runFiles.log(run.folder)}` });
        });
        return;
      case 'loadPreview': {
        const message = loadPreview(run.folder, effect.fold, effect.file);
        if (message !== null) program.send(message);
        return;
      }
      default:
        effect satisfies never;
    }
  }
}
