import { identify, isSameProcess } from './process-identity.mjs';

/**
 * Calls `stop` once and exits, whichever way the request comes: Ctrl-C, SIGTERM, a closed terminal, or the npm that started
 * us being killed. Asking again changes nothing: what stops is already stopping in order. `stop` is told the signal.
 */
export function onStopRequest(stop) {
  let asked = false;
  const request = async (name) => {
    if (asked) return;
    asked = true;
    await stop(name);
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, request);
  const npm = findNpm();
  if (!npm) return;
  setInterval(() => {
    if (!isSameProcess(npm.pid, npm.startTicks)) request();
  }, 500).unref();
}

/** The npm that runs us, directly or through a shell. A killed npm takes neither the shell nor us with it. */
function findNpm() {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = identify(process.ppid);
  const ancestors = [parent, parent && identify(parent.parent)];
  return ancestors.find((ancestor) => /^npm\b|\/npm(-cli\.js)?$/.test(ancestor?.args.slice(0, 2).join(' ') ?? ''));
}
