export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A command as a shell completes it. */
export interface CompletedCommand {
  readonly name: string;
  readonly description: string;
  readonly options: readonly {
    readonly long: string;
    readonly description: string;
    readonly values: readonly string[];
  }[];
}

/**
 * Returns a script that defines the command `pilotlight` and its completion. commander has none, and the libraries that add it ask the
 * program at each key press, which would start npm each time.
 *
 * @param root the directory in which `npm run pilotlight` works
 */
export function completionOf(shell: Shell, commands: readonly CompletedCommand[], root: string): string {
  switch (shell) {
    case 'bash':
      return bash(commands, root);
    case 'zsh':
      return zsh(commands, root);
    case 'fish':
      return fish(commands, root);
  }
}

const run = (root: string): string => `npm --prefix ${quoted(root)} run --silent pilotlight --`;
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const namesOf = (commands: readonly CompletedCommand[]): string => commands.map(({ name }) => name).join(' ');

/** Returns the words that may follow a command: its options, and the values of those that have a fixed set. */
const wordsOf = ({ options }: CompletedCommand): string =>
  ['--help', ...options.flatMap(({ long, values }) => [long, ...values])].join(' ');

function bash(commands: readonly CompletedCommand[], root: string): string {
  const cases = commands.map((command) => `    ${command.name}) words='${wordsOf(command)}' ;;`);
  return `pilotlight() { ${run(root)} "$@"; }
_pilotlight() {
  local words
  if [ "$COMP_CWORD" -eq 1 ]; then words='--help help ${namesOf(commands)}'
  else case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    *) words='' ;;
  esac; fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _pilotlight pilotlight
`;
}

function zsh(commands: readonly CompletedCommand[], root: string): string {
  const names = commands.map(({ name, description }) => `    ${quoted(`${name}:${description.replaceAll(':', ' ')}`)}`);
  const cases = commands.map((command) => `    ${command.name}) compadd -- ${wordsOf(command)}; _files ;;`);
  return `pilotlight() { ${run(root)} "$@" }
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
_pilotlight() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case $words[2] in
${cases.join('\n')}
  esac
}
compdef _pilotlight pilotlight
`;
}

function fish(commands: readonly CompletedCommand[], root: string): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c pilotlight -n __fish_use_subcommand -f -a ${name} -d ${quoted(description)}`,
    ...options.map(({ long, description, values }) => {
      const choices = values.length === 0 ? '' : ` -x -a ${quoted(values.join(' '))}`;
      return `complete -c pilotlight -n '__fish_seen_subcommand_from ${name}' -l ${long.slice(2)} -d ${quoted(description)}${choices}`;
    }),
  ]);
  return `function pilotlight; ${run(root)} $argv; end\n${lines.join('\n')}\n`;
}
