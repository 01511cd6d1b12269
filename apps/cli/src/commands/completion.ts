import { dirname, resolve } from 'node:path';
import { Argument, type Command } from 'commander';
import type { AddCommand } from '../command.ts';
import { completionOf, SHELLS, type Shell } from '../completion.ts';
import { EXIT_CODES } from '../exit-codes.ts';

const HELP = `
Prints a script that defines the command "pilotlight" for the shell, which runs "npm run pilotlight" of this directory
from any other, and that completes its commands and options.

Examples:
  $ eval "$(npm run -s pilotlight -- completion bash)"       # in ~/.bashrc, and likewise zsh in ~/.zshrc
  $ npm run -s pilotlight -- completion fish | source        # in ~/.config/fish/config.fish`;

const ROOT = resolve(dirname(import.meta.filename), '..', '..', '..', '..');

/** `completion`: prints the completion script of a shell. */
export const addCompletion: AddCommand = (program, { terminal }, end) => {
  program
    .command('completion')
    .description('print a script with completion for a shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action((shell: Shell) => {
      terminal.out(completionOf(shell, commandsOf(program), ROOT));
      end(EXIT_CODES.done);
    });
};

function commandsOf(program: Command) {
  return program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: command.options.flatMap(({ long, description, argChoices }) =>
      long ? [{ long, description, values: argChoices ?? [] }] : [],
    ),
  }));
}
