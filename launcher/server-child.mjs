import { pathToFileURL } from 'node:url';

// Runs the server as the launcher's child. The channel closes when the launcher is gone, however it went: then the server
// stops too, while the guests, which have sessions of their own, run on.
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
