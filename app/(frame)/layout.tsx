import { type ReactNode, Suspense } from 'react';
import { Frame } from '#components/layout/frame.tsx';

/** Pages read the address's query, which a page built beforehand does not know: hence the boundary. */
export default function Layout({ children }: { children: ReactNode }) {
  return (
    <Frame>
      <Suspense>{children}</Suspense>
    </Frame>
  );
}
