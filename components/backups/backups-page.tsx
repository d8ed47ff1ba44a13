'use client';

import { PageHead } from '#components/ui/page-head.tsx';

export function BackupsPage() {
  return <PageHead title="Backups" />;
}
