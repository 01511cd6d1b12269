/** The environment is not valid. The message has one line per variable: its name, the expected and the actual value. */
export class ConfigError extends Error {
  readonly code = 'INVALID_ENVIRONMENT';

  constructor(lines: readonly string[]) {
    super(`the environment is not valid:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}
