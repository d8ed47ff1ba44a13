import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useStore } from '#client/store.ts';
import { saidNotices } from '#components/ui/notify.ts';

const Toasts = dynamic(() => import('#components/ui/toasts.tsx').then((module) => module.Toasts), { ssr: false });

/** Nothing until the first toast is said, then the place where they appear. */
export function ToastPlace() {
  const said = useStore(saidNotices);
  const [wanted, setWanted] = useState(false);
  if (said.length > 0 && !wanted) setWanted(true);
  return wanted ? <Toasts /> : null;
}
