import { useEffect } from 'react';
import { Toaster, toast } from 'sonner';
import { useStore } from '#client/store.ts';
import { type Said, saidNotices } from './notify.ts';
import { Mark } from './status-mark.tsx';

/**
 * Where toasts appear: at the left end of the bottom edge, on phones above the bottom bar, where they cover neither heads nor dialogs nor
 * what is done on the right; over the top bar while a sheet lies at the bottom of a phone (globals.css). Read out politely.
 */
export function Toasts() {
  const said = useStore(saidNotices);
  useEffect(() => {
    if (said.length === 0) return;
    for (const notice of said) show(notice);
    saidNotices.set([]);
  }, [said]);
  return (
    <Toaster
      position="bottom-left"
      // Not asked of the document, at every rendering, by a style that the whole page must be computed for.
      dir="ltr"
      className="toast-place"
      offset={{ bottom: 'var(--toast-bottom)', left: 16 }}
      mobileOffset={{ bottom: 'var(--toast-bottom)' }}
      gap={8}
      // Its own style sheet names the system's font.
      style={{ fontFamily: 'inherit' }}
      icons={{ error: <Mark tone="broken" />, warning: <Mark tone="attention" /> }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            'flex w-full items-start gap-2 rounded-overlay border border-line bg-overlay px-3 py-2 text-13 text-fg shadow-overlay sm:w-82',
          icon: 'mt-1',
          content: 'min-w-0 grow',
          title: 'break-words',
          description: 'mt-0.5 break-words text-12 text-muted',
          actionButton: 'shrink-0 rounded-control px-2 py-0.5 text-12 font-medium text-accent hover:bg-hover',
        },
      }}
    />
  );
}

function show({ sentence, tone = 'plain', detail, action }: Said): void {
  const options = {
    ...(detail === undefined ? {} : { description: detail }),
    ...(action === undefined ? {} : { action: { label: action.label, onClick: action.run } }),
  };
  if (tone === 'broken') toast.error(sentence, { ...options, duration: 10_000 });
  else if (tone === 'attention') toast.warning(sentence, options);
  else toast(sentence, options);
}
