/** Whether the terminal shows lines and nothing else: `TERM=dumb`, as of editors and build logs. */
export function isDumb(environment: NodeJS.ProcessEnv = process.env): boolean {
  return environment['TERM'] === 'dumb';
}
