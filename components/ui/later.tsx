import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { notifyUnfetched, unfetched } from './notify.ts';

type Part<P> = { load: () => Promise<ComponentType<P>>; waiting: ReactNode; giveUp?: (props: P) => void; Content?: ComponentType<P> };

/**
 * A component whose code is fetched when it is first shown; `waiting` stands in its place until then. Code that does not come is asked
 * for again until it does; with `giveUp`, which closes what was opened, that is said instead: no wish of long ago comes true by itself.
 */
export function later<P extends object>(load: Part<P>['load'], waiting: ReactNode = null, giveUp?: (props: P) => void): ComponentType<P> {
  const part: Part<P> = { load, waiting, ...(giveUp && { giveUp }) };
  const show = (props: P) => <Later part={part} props={props} />;
  return show;
}

function Later<P extends object>({ part, props }: { part: Part<P>; props: P }) {
  const [{ failures }, setCount] = useState({ failures: 0 });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `props` are read once, to close what they opened.
  useEffect(() => {
    if (part.Content) return;
    let gone = false;
    const ask = async () => {
      try {
        part.Content = await part.load();
        setCount({ failures });
      } catch {
        if (gone) return;
        if (!part.giveUp) return setCount({ failures: failures + 1 });
        notifyUnfetched();
        part.giveUp(props);
      }
    };
    const timer = setTimeout(ask, failures && 2000);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [part, failures]);
  if (part.Content) return <part.Content {...props} />;
  return failures > 0 ? <p className="p-4 text-muted">{unfetched}</p> : part.waiting;
}
