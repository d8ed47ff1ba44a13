import type { Metadata } from 'next';
import { JoinPage } from '#components/sign-in/join-page.tsx';

export const metadata: Metadata = { title: 'Join a project' };

export default function Page() {
  return <JoinPage />;
}
