'use client';

import { PageHead } from '#components/ui/page-head.tsx';

export function MapPage() {
  return <PageHead title="Map" />;
}
