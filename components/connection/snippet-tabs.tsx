'use client';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { CopyButton } from '#components/ui/copy-button.tsx';
import type { Snippet } from '#contract/datastores/datastore.ts';
import { fillSnippet, type SnippetValues } from '#contract/datastores/snippet.ts';

/** Ready-made code for the languages the datastore's definition knows; names are encoded for where they stand. */
export function SnippetTabs({ snippets, values }: { snippets: readonly Snippet[]; values: SnippetValues }) {
  const [open, setOpen] = useState(snippets[0]?.key ?? '');
  return (
    <Tabs.Root value={open} onValueChange={setOpen} className="border-line border-t">
      <Tabs.List aria-label="Code for" className="flex overflow-x-auto px-2 pt-1.5 [scrollbar-width:none]">
        {snippets.map((snippet) => (
          <Tabs.Trigger
            key={snippet.key}
            value={snippet.key}
            className="h-7 shrink-0 rounded-control px-2 text-12 text-muted hover:text-fg focus-visible:-outline-offset-2 data-[state=active]:bg-hover data-[state=active]:font-medium data-[state=active]:text-fg"
          >
            {snippet.title}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {snippets.map((snippet) => {
        const code = fillSnippet(snippet.template, values);
        return (
          <Tabs.Content key={snippet.key} value={snippet.key} className="relative p-2 focus-visible:-outline-offset-2">
            <pre className="num whitespace-pre-wrap rounded-control bg-sunken p-3 pr-10 text-12 leading-[1.6] [overflow-wrap:anywhere]">
              {code}
            </pre>
            <span className="absolute top-3.5 right-3.5">
              <CopyButton text={code} label={`Copy the ${snippet.title} code`} />
            </span>
            {snippet.template.includes('{caFile') && (
              <p className="px-1 pt-1.5 text-12 text-faint">
                Needs <span className="num">{values.caFile}</span>, the CA certificate above.
              </p>
            )}
          </Tabs.Content>
        );
      })}
    </Tabs.Root>
  );
}
