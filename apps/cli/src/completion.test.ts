import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCommand } from './testing/run-command.ts';

const scriptOf = async (shell: string) => (await runCommand(['completion', shell])).out;

/** Returns the words that bash offers for a command line. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(' ');
  const state = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
  const script = `${await scriptOf('bash')}\n${state}; _pilotlight; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.split('\n').filter((word) => word !== '');
}

test('bash completes commands, options and the values of options', async () => {
  expect(await offered('pilotlight re')).toEqual(['retention', 'reindex']);
  expect(await offered('pilotlight invalidate --d')).toEqual(['--dry-run']);
  expect(await offered('pilotlight stats 1')).toEqual(['1m', '15m']);
  expect(await offered('pilotlight ')).toEqual(
    expect.arrayContaining(['stats', 'explain', 'tail', 'completion', 'help']),
  );
});

test('zsh and fish get every command and its options', async () => {
  const [zsh, fish] = [await scriptOf('zsh'), await scriptOf('fish')];
  expect(zsh).toContain('compdef _pilotlight pilotlight');
  expect(zsh).toMatch(/^ {4}search\) compadd -- --help --level .*--sort newest oldest/m);
  expect(fish).toContain("complete -c pilotlight -n '__fish_seen_subcommand_from search' -l sort");
  expect(fish.match(/__fish_use_subcommand/g)?.length).toBeGreaterThan(10);
});
