type Seen = { position: number; atMs: number };

const staleMs = 5000;
const mostSeen = 600;

/** How one engine asks a replica's source: a lasting connection of its own, and what it answers. */
export type SourceWatched<Client, Source, State extends { position: number }> = {
  now(): number;
  connect(source: Source): Promise<Client>;
  isOpen(client: Client): boolean;
  ask(client: Client): Promise<State>;
  cut(client: Client): void;
};

/**
 * Asks the source beside each look how far it has written: what a replica was not sent yet, it cannot know by itself. The lag in time is how
 * long ago the first of what is missing was seen at the source, true to about a second.
 */
export function createSourceWatch<Client, Source extends { host: string; port: number }, State extends { position: number }>(
  watched: SourceWatched<Client, Source, State>,
) {
  let link: { client: Client; key: string } | null = null;
  let asking = false;
  let answeredAtMs = Number.NEGATIVE_INFINITY;
  let seen: Seen[] = [];

  const drop = () => {
    if (link !== null) watched.cut(link.client);
    link = null;
  };
  async function ask(source: Source): Promise<State> {
    const key = `${source.host}:${source.port}`;
    if (link?.key !== key || !watched.isOpen(link.client)) {
      drop();
      seen = [];
      link = { client: await watched.connect(source), key };
    }
    const state = await watched.ask(link.client);
    answeredAtMs = watched.now();
    if (seen.at(-1)?.position !== state.position) seen = [...seen.slice(-mostSeen), { position: state.position, atMs: answeredAtMs }];
    return state;
  }
  return {
    /** Never waits, never throws; one question at a time. */
    ask: (source: Source, then: (state: State) => Promise<void> = async () => {}): void => {
      if (asking) return;
      asking = true;
      void ask(source)
        .then(then)
        .catch(drop)
        .finally(() => {
          asking = false;
        });
    },
    /** Null where the source has not answered for a while. */
    lag: (applied: number): { behind: number | null; lagMs: number | null } => {
      if (watched.now() - answeredAtMs > staleMs) return { behind: null, lagMs: null };
      seen = seen.filter((one, index) => one.position > applied || index === seen.length - 1);
      const first = seen.find((one) => one.position > applied);
      const last = seen.at(-1)?.position ?? 0;
      return { behind: Math.max(0, last - applied), lagMs: first === undefined ? 0 : Math.max(0, watched.now() - first.atMs) };
    },
    reset: () => {
      drop();
      seen = [];
      answeredAtMs = Number.NEGATIVE_INFINITY;
    },
  };
}
