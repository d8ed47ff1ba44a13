'use client';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { Instance } from '#contract/resources/instance.ts';

export function ConfigurationTab({ instance }: { instance: Instance }) {
  return <EmptyState title="Configuration" sentence={`${instance.name} has no view of this yet.`} />;
}
