'use client';

import { ErrorState } from '#components/ui/error-state.tsx';
import { PageHead } from '#components/ui/page-head.tsx';

/** What stands in a page's place when drawing it failed; the frame around it goes on. */
export function PageFault({ error, reset }: { error: Error; reset(): void }) {
  return (
    <>
      <PageHead title="This page cannot be drawn" />
      <ErrorState error={error} onRetry={reset} />
    </>
  );
}
