/** `late`: no answer yet; the question stays open and the next one waits for the same answer. `closed`: no connection could be had. */
export type Answer<Seen> =
  | { kind: 'seen'; look: Seen }
  | { kind: 'failed'; error: Error }
  | { kind: 'late' }
  | { kind: 'closed'; error: string | null };

export type MonitorConnection<Seen> = {
  isOpen(): boolean;
  /** Asks within the deadline; never throws. */
  ask(deadlineMs: number): Promise<Answer<Seen>>;
  drop(): void;
};

/** How one engine is connected to and asked. */
export type Monitored<Client, Seen> = {
  connect(): Promise<Client>;
  /** Calls once when the connection is lost. */
  onEnd(client: Client, then: () => void): void;
  cut(client: Client): void;
  query(client: Client): Promise<Seen>;
  /** The engine's own words on why no connection could be had. */
  describe(error: unknown): string | null;
};

/**
 * The one lasting connection of the monitor: opened beside the beat, since a server that does not answer must not hold one up.
 * `lost`: called when it ends, or fails, though nobody here ended it.
 */
export function createMonitorConnection<Client, Seen>(engine: Monitored<Client, Seen>, lost: () => void): MonitorConnection<Seen> {
  let client: Client | null = null;
  let opening: Promise<void> | null = null;
  let openError: string | null = null;
  let asking: Promise<Answer<Seen>> | null = null;
  let life = 0;

  const drop = () => {
    life += 1;
    if (client !== null) engine.cut(client);
    client = null;
    asking = null;
    opening = null;
  };
  const openBeside = () => {
    if (opening !== null) return opening;
    const own = life;
    const mine = engine
      .connect()
      .then(
        (opened) => {
          if (own !== life) return engine.cut(opened);
          client = opened;
          openError = null;
          engine.onEnd(opened, () => {
            if (client !== opened) return;
            drop();
            lost();
          });
        },
        (error) => {
          openError = engine.describe(error);
        },
      )
      .finally(() => {
        if (opening === mine) opening = null;
      });
    opening = mine;
    return mine;
  };
  const query = (asked: Client): Promise<Answer<Seen>> =>
    engine.query(asked).then(
      (look) => ({ kind: 'seen', look }),
      (error: unknown) => ({ kind: 'failed', error: error instanceof Error ? error : new Error(String(error)) }),
    );

  return {
    isOpen: () => client !== null,
    ask: async (deadlineMs) => {
      const end = performance.now() + deadlineMs;
      if (client === null) await within(openBeside(), deadlineMs);
      if (client === null) return { kind: 'closed', error: openError };
      asking ??= query(client);
      const mine = asking;
      const answer = await within(mine, end - performance.now());
      if (answer === undefined) return { kind: 'late' };
      if (asking === mine) asking = null;
      if (answer.kind === 'failed') {
        drop();
        lost();
      }
      return answer;
    },
    drop,
  };
}

async function within<T>(work: Promise<T>, deadlineMs: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadlineMs), undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
