/** What the exit code of `cmrc` says. */
export const exit = { fine: 0, wrong: 1, commandLine: 2, environment: 3, bug: 70 } as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Each exit code as people read it. */
export const exitMeanings: Readonly<Record<keyof typeof exit, string>> = {
  fine: 'all went well; warnings are allowed',
  wrong:
    'the spec or the data is wrong, training diverged, a study is over its budget, or `fmt --check` found something',
  commandLine: 'the command line is wrong',
  environment: 'something around the program is: a missing file, a broken run, a full disk',
  bug: 'a mistake of cmrc itself; the message names a file with the details',
};
