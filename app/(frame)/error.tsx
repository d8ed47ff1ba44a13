'use client';

import { PageFault } from '#components/layout/page-fault.tsx';

export default function PageError(props: { error: Error; reset(): void }) {
  return <PageFault {...props} />;
}
