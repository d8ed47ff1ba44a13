'use client';
import { EmptyState } from '#components/ui/empty-state.tsx';

export function InstancePage(_: { instanceId: string; tab: string }) {
  return <EmptyState title="Instance" sentence="This page is being built." />;
}
