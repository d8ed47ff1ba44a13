import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from './button.tsx';
import { notify } from './notify.ts';

/** Copies text; says so in its place for a second and a half. With children it is a button with words. */
export function CopyButton({
  text,
  label = 'Copy',
  children,
}: {
  text: string | (() => Promise<string>);
  label?: string;
  children?: string;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await write(typeof text === 'string' ? text : await text());
      setCopied(true);
    } catch (error) {
      notify('Nothing was copied.', { tone: 'attention', detail: error instanceof Error ? error.message : undefined });
    }
  };
  return (
    <Button
      look={children === undefined ? 'quiet' : 'plain'}
      size={children === undefined ? 'sm' : 'md'}
      icon={copied ? Check : Copy}
      {...(children === undefined ? { label: copied ? 'Copied' : label } : {})}
      onClick={() => void copy()}
    >
      {children === undefined ? undefined : copied ? 'Copied' : children}
    </Button>
  );
}

/** The clipboard is closed to pages that are neither https nor loopback; a selection still works there. */
async function write(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('The browser refused the clipboard.');
}
