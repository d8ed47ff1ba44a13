import type { Metadata } from 'next';
import { NewInstancePage } from '#components/instances/new-instance-page.tsx';

export const metadata: Metadata = { title: 'New instance' };

export default function Page() {
  return <NewInstancePage />;
}
