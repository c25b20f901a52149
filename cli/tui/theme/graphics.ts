/** The ways in which terminals show pictures that are more than characters. */
export type Graphics = 'kitty' | 'iterm' | 'sixel';

/**
 * What a terminal says that it can show. Inside of tmux and screen it is half-blocks, since those keep the terminal's own
 * sequences to themselves.
 */
export function graphicsOf(environment: Readonly<Record<string, string | undefined>>): Graphics | null {
  const { TERM: term = '', TERM_PROGRAM: program = '', CMRC_TUI: wishes = '' } = environment;
  const wish = (['kitty', 'iterm', 'sixel'] as const).find((name) => wishes.includes(name));
  if (wish !== undefined) return wish;
  if (wishes.includes('blocks') || environment['TMUX'] !== undefined || environment['STY'] !== undefined)
    return null;
  if (environment['KITTY_WINDOW_ID'] !== undefined || term === 'xterm-kitty' || /ghostty/i.test(program))
    return 'kitty';
  if (program === 'iTerm.app' || program === 'WezTerm') return 'iterm';
  return /sixel|^foot|^mlterm|^yaft/.test(term) ? 'sixel' : null;
}
