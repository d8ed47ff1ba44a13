const parentAtStart = process.ppid;

/**
 * Calls `stop` once and exits, whichever way the request comes: Ctrl-C, SIGTERM, a closed terminal, or the npm that started
 * us being killed. Asking again changes nothing: what stops is already stopping in order.
 */
export function onStopRequest(stop) {
  let asked = false;
  const request = async () => {
    if (asked) return;
    asked = true;
    await stop();
    process.exit(0);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, request);
  if (process.env.npm_lifecycle_event === undefined) return;
  setInterval(() => {
    if (process.ppid !== parentAtStart) request();
  }, 500).unref();
}
