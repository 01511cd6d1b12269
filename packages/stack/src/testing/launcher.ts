import { identityOf } from '../process/identity.ts';
import { startServices } from '../start-services.ts';

/**
 * A launcher that tests kill. It starts throw-away services, or those of the given directory, and prints their URLs as
 * JSON.
 */
const dataDir = process.argv[2];
const services = await startServices({ log: () => undefined, env: { PATH: process.env['PATH'] }, dataDir });
console.log(JSON.stringify({ env: services.env, identity: identityOf(process.pid) }));
setInterval(() => undefined, 60_000);
