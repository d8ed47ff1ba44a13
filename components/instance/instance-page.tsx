'use client';

import { useInstance } from '#client/queries/instances.ts';
import { PageHead } from '#components/ui/page-head.tsx';

export function InstancePage({ instanceId, tab }: { instanceId: string; tab: string }) {
  const { data } = useInstance(instanceId);
  return <PageHead title={data?.name ?? instanceId} facts={tab} />;
}
