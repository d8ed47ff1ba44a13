'use client';

import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { useStore } from '#client/store.ts';
import { OperationsDesk } from '#components/operations/operations-desk.tsx';
import { later } from '#components/ui/later.tsx';
import { BottomBar } from './bottom-bar.tsx';
import { LinksWhileLost } from './links-while-lost.tsx';
import { Rail } from './rail.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { StaleCover } from './stale-cover.tsx';
import { ToastPlace } from './toast-place.tsx';
import { TopBar } from './top-bar.tsx';
import { TurningMarks } from './turning-marks.tsx';

const CommandPalette = later(
  () => import('#components/palette/command-palette.tsx').then((module) => module.CommandPalette),
  null,
  (palette) => palette.onClose(),
);
const ShortcutsSheet = later(
  () => import('./shortcuts-sheet.tsx').then((module) => module.ShortcutsSheet),
  null,
  (sheet) => sheet.onOpenChange(false),
);

/** Everything around a signed-in page; it holds the socket, and leaves for sign-in when the session ends. */
export function Frame({ children }: { children: ReactNode }) {
  const browser = useBrowser();
  const { phase } = useStore(browser.connection.state);
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  const search = useCallback(() => setSearching(true), []);
  const help = useCallback(() => setHelping(true), []);
  useEffect(() => browser.live.connect(), [browser]);
  useEffect(() => {
    if (phase === 'ended') location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
  }, [phase]);
  return (
    <OperationsDesk>
      <a
        href="#page"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-overlay focus:px-3 focus:py-2"
      >
        Skip to the page
      </a>
      <Rail />
      <div className="md:pl-54 narrow:md:pl-14">
        <TopBar onSearch={search} />
        <main id="page" className="px-4 pt-4 pb-24 md:px-6 md:pt-5 md:pb-12">
          <StaleCover>{children}</StaleCover>
        </main>
      </div>
      <BottomBar />
      <LinksWhileLost />
      <Shortcuts onSearch={search} onHelp={help} />
      {searching && <CommandPalette onClose={() => setSearching(false)} onHelp={help} />}
      {helping && <ShortcutsSheet open onOpenChange={setHelping} />}
      <ToastPlace />
      <TurningMarks />
    </OperationsDesk>
  );
}
