'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { BrowserContext, createBrowser } from '#client/browser.ts';
import { watchSystemTheme } from '#client/theme.ts';

/** What every page stands on: the browser's parts, made once per page load. */
export function Providers({ children }: { children: ReactNode }) {
  const [browser] = useState(createBrowser);
  useEffect(watchSystemTheme, []);
  return (
    <BrowserContext value={browser}>
      <QueryClientProvider client={browser.queries}>{children}</QueryClientProvider>
    </BrowserContext>
  );
}
