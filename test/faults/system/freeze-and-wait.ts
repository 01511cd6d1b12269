import { SystemProcess } from '../../harness/system-process.ts';

/**
 * A suite in the middle of a fault: starts a process that ends with its input, freezes it, and prints its pid. With the argument
 * `unwatched` it freezes the process without the harness.
 */
const started = new SystemProcess('frozen', 'packages/stack/src/process/supervisor-main.ts', {
  PATH: process.env['PATH'],
});
if (process.argv[2] === 'unwatched') process.kill(started.pid, 'SIGSTOP');
else await started.kill('SIGSTOP');
console.log(started.pid);
