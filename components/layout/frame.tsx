'use client';

import { type ReactNode, useEffect } from 'react';
import { useBrowser } from '#client/browser.ts';

/** Everything around a signed-in page. */
export function Frame({ children }: { children: ReactNode }) {
  const browser = useBrowser();
  useEffect(() => browser.live.connect(), [browser]);
  return <main className="p-6">{children}</main>;
}
