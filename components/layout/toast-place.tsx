import { type ComponentType, useEffect, useState } from 'react';
import { useStore } from '#client/store.ts';
import { saidNotices } from '#components/ui/notify.ts';

/** Nothing until the first toast is said, then the place where they appear; a plain one while their code cannot be fetched. */
export function ToastPlace() {
  const said = useStore(saidNotices);
  const [Toasts, setToasts] = useState<ComponentType | null>(null);
  const [cut, setCut] = useState(false);
  useEffect(() => {
    if (said.length === 0 || Toasts !== null) return;
    let timer: ReturnType<typeof setTimeout>;
    import('#components/ui/toasts.tsx').then(
      (module) => setToasts(() => module.Toasts),
      () => {
        setCut(true);
        timer = setTimeout(() => {
          setCut(false);
          saidNotices.set([]);
        }, shownMs);
      },
    );
    return () => clearTimeout(timer);
  }, [said, Toasts]);
  if (Toasts !== null) return <Toasts />;
  return cut ? (
    <div
      role="status"
      className="toast-place fixed inset-x-4 bottom-(--toast-bottom) z-50 rounded-overlay border border-line bg-overlay px-3 py-2 shadow-overlay sm:right-auto sm:w-82"
    >
      {said.map(({ sentence }) => sentence).join(' ')}
    </div>
  ) : null;
}

const shownMs = 8000;
