import { everythingRoom, type LiveNamespace, type LocatedPulse, toProjectRoom } from './live-socket.ts';

const betweenBatchesMs = 100;
const betweenReplicasMs = 250;

/**
 * Pulses to this replica's pages: the first after a pause at once, then one batch every 100 ms. The other replicas get one batch each
 * 250 ms, and only while there are any.
 */
export function createPulseFeed(namespace: LiveNamespace, now: () => number = Date.now) {
  const here = createBatches(betweenBatchesMs, (pulses) => emitHere(pulses));
  const elsewhere = createBatches(betweenReplicasMs, (pulses) => {
    if (replicas > 1) namespace.serverSideEmit('pulses', pulses);
  });
  let replicas = 1;
  const counting = setInterval(() => {
    Promise.resolve(namespace.adapter.serverCount()).then(
      (count) => {
        replicas = count;
      },
      () => {},
    );
  }, 2000);
  counting.unref();

  namespace.on('pulses', (pulses) => {
    if (namespace.sockets.size > 0) for (const pulse of pulses) here.add(pulse);
  });

  function emitHere(pulses: readonly LocatedPulse[]) {
    if (namespace.sockets.size === 0) return;
    const serverMs = now();
    const projects = groupByProject(pulses);
    for (const [projectId, own] of projects) {
      const room = namespace.adapter.rooms.get(toProjectRoom(projectId));
      if (room) namespace.local.to(toProjectRoom(projectId)).emit('pulses', { serverMs, pulses: own.map(({ pulse }) => pulse) });
    }
    if (namespace.adapter.rooms.has(everythingRoom))
      namespace.local.to(everythingRoom).emit('pulses', { serverMs, pulses: pulses.map(({ pulse }) => pulse) });
  }

  return {
    take: (pulse: LocatedPulse) => {
      if (namespace.sockets.size > 0) here.add(pulse);
      if (replicas > 1) elsewhere.add(pulse);
    },
    close: () => {
      clearInterval(counting);
      here.close();
      elsewhere.close();
    },
  };
}

/** Gathers the newest pulse of each instance; the first goes at once, the next batch `pauseMs` later. */
function createBatches(pauseMs: number, send: (pulses: LocatedPulse[]) => void) {
  const waiting = new Map<string, LocatedPulse>();
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.size === 0) return;
    const batch = [...waiting.values()];
    waiting.clear();
    timer = setTimeout(flush, pauseMs);
    send(batch);
  };
  return {
    add: (located: LocatedPulse) => {
      waiting.set(located.pulse.instanceId, located);
      timer ??= setTimeout(flush, 0);
    },
    close: () => clearTimeout(timer),
  };
}

function groupByProject(pulses: readonly LocatedPulse[]): Map<string, LocatedPulse[]> {
  const groups = new Map<string, LocatedPulse[]>();
  for (const pulse of pulses) {
    const group = groups.get(pulse.projectId);
    if (group) group.push(pulse);
    else groups.set(pulse.projectId, [pulse]);
  }
  return groups;
}
