import { useState } from 'react';
import { useStore } from '#client/store.ts';
import { later } from '#components/ui/later.tsx';
import { saidNotices } from '#components/ui/notify.ts';

const Toasts = later(() => import('#components/ui/toasts.tsx').then((module) => module.Toasts));

/** Nothing until the first toast is said, then the place where they appear. */
export function ToastPlace() {
  const said = useStore(saidNotices);
  const [wanted, setWanted] = useState(false);
  if (said.length > 0 && !wanted) setWanted(true);
  return wanted ? <Toasts /> : null;
}
