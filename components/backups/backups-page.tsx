'use client';
import { EmptyState } from '#components/ui/empty-state.tsx';

export function BackupsPage() {
  return <EmptyState title="Backups" sentence="This page is being built." />;
}
