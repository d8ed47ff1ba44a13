'use client';
import { EmptyState } from '#components/ui/empty-state.tsx';

export function ConfigurationPage() {
  return <EmptyState title="Configuration" sentence="This page is being built." />;
}
