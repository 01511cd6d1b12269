import { spawn } from 'node:child_process';
import { ROOT } from './root.ts';

export interface ToolResult {
  code: number;
  /** Its stdout and stderr, interleaved. */
  output: string;
}

/** Runs a program of the toolchain in the repository and captures its output. */
export function runTool(program: string, args: string[]): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.trimEnd() }));
  });
}
