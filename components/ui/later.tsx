import { type ComponentType, lazy, type ReactNode, Suspense } from 'react';

/** A component whose code is fetched when it is first shown; `waiting` stands in its place until then. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, waiting: ReactNode = null): ComponentType<P> {
  const Content = lazy(async () => ({ default: await load() }));
  const show = (props: P) => (
    <Suspense fallback={waiting}>
      <Content {...props} />
    </Suspense>
  );
  return show;
}
