'use client';

import { PageHead } from '#components/ui/page-head.tsx';

export function ConfigurationPage() {
  return <PageHead title="Configuration" />;
}
