import type { Candidate } from './candidate.ts';

/** Shells that `cmrc completion` knows. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The command that a script asks what may stand at the cursor; the words of the line follow it. */
export const doorName = '__complete';

/**
 * What a shell has to read to complete `cmrc`. It says nothing about commands or options: it asks the program at every key,
 * so that it never grows old.
 * @param program the words that start the program in this shell
 */
export function completionScript(shell: Shell, program: string): string {
  return scripts[shell](`${program} ${doorName}`);
}

/** A candidate as the script of a shell reads it: bash asks for its kind, the others show what it is. */
export function answerLine(shell: string, { value, description, isPath }: Candidate): string {
  return shell === 'bash' ? `${isPath === true ? 'path' : 'word'}\t${value}` : `${value}\t${description}`;
}

/** Where the line that reads the script goes, and the line, for each shell. */
export const startFiles: Readonly<Record<Shell, (program: string) => readonly [string, string]>> = {
  bash: (program) => ['~/.bashrc', `eval "$(${program} completion bash)"`],
  zsh: (program) => ['~/.zshrc, after compinit', `eval "$(${program} completion zsh)"`],
  fish: (program) => ['~/.config/fish/config.fish', `${program} completion fish | source`],
};

const scripts: Readonly<Record<Shell, (ask: string) => string>> = {
  bash: (ask) => `# Completion of cmrc for bash 3.2 and later: eval "$(cmrc completion bash)"
_cmrc() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() piece line index
  # Readline takes \`=\` and \`:\` for the end of a word: what no space parts is put together again.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    piece=\${COMP_WORDS[index]}
    if [[ $index -eq 0 || $rest == [[:space:]]* || -z $piece ]]; then
      rest=\${rest#"\${rest%%[![:space:]]*}"}
      words+=("")
    fi
    [[ $index -eq $COMP_CWORD ]] && piece=$rest
    words[\${#words[@]} - 1]+=$piece
    rest=\${rest#"$piece"}
  done
  local word=\${words[\${#words[@]} - 1]} kind goes_on=1 files=
  # What readline takes for the beginning of the word is no part of what it wants to have.
  local cut=\${word%"\${COMP_WORDS[COMP_CWORD]}"}
  [[ \${COMP_WORDS[COMP_CWORD]} == [:=] ]] && cut=$word
  COMPREPLY=()
  while IFS=$'\\t' read -r kind line; do
    [[ $line == *[/=.] ]] || goes_on=
    # Readline puts the slash behind a folder itself, inside of quotes.
    [[ $kind == path ]] && files=1 line=\${line%/}
    COMPREPLY+=("\${line#"$cut"}")
  done < <(${ask} bash -- "\${words[@]:1}" 2>/dev/null)
  if type compopt &>/dev/null; then
    [[ -n $files ]] && compopt -o filenames
    [[ -n $goes_on ]] && compopt -o nospace
  fi
  return 0
}
complete -F _cmrc cmrc`,
  zsh: (ask) => `#compdef cmrc
# Completion of cmrc for zsh: eval "$(cmrc completion zsh)" after compinit
_cmrc() {
  local -a typed lines whole open
  local line entry
  (( CURRENT > 2 )) && typed=("\${(@Q)words[2,CURRENT-1]}")
  typed+=("\${(Q)PREFIX}")
  lines=("\${(@f)$(${ask} zsh -- "\${typed[@]}" 2>/dev/null)}")
  for line in $lines; do
    # A colon parts a word from what it is.
    entry=\${\${line%%$'\\t'*}//:/\\\\:}
    [[ -n \${line#*$'\\t'} ]] && entry+=:\${line#*$'\\t'}
    if [[ \${line%%$'\\t'*} == *[/=.] ]]; then open+=("$entry"); else whole+=("$entry"); fi
  done
  local found=1
  (( $#whole )) && _describe -V 'cmrc' whole && found=0
  (( $#open )) && _describe -V 'cmrc' open -S '' && found=0
  return found
}
compdef _cmrc cmrc`,
  fish: (ask) => `# Completion of cmrc for fish: cmrc completion fish | source
function __cmrc_complete
  set -l words (commandline --cut-at-cursor --tokenize --current-process)
  ${ask} fish -- $words[2..] (commandline --cut-at-cursor --current-token | string unescape) 2>/dev/null
end
complete --command cmrc --erase
complete --command cmrc --no-files --keep-order --arguments '(__cmrc_complete)'`,
};
