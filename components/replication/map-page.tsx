'use client';
import { EmptyState } from '#components/ui/empty-state.tsx';

export function MapPage() {
  return <EmptyState title="Map" sentence="This page is being built." />;
}
