import { Command } from 'cmdk';
import { ArrowRight, Keyboard, LogOut, Plus, SunMoon } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { useBrowser } from '#client/browser.ts';
import { healthOf } from '#client/health.ts';
import { useProblems } from '#client/problems.ts';
import { useInstances } from '#client/queries/instances.ts';
import { useActor } from '#client/queries/me.ts';
import { useActiveOperations } from '#client/queries/operations.ts';
import { useProjects } from '#client/queries/projects.ts';
import { setTheme } from '#client/theme.ts';
import { leave } from '#components/layout/leave.ts';
import { desks, places } from '#components/layout/places.ts';
import { useDesk } from '#components/operations/desk.tsx';
import { operationIcons } from '#components/operations/operation-icons.ts';
import { notify } from '#components/ui/notify.ts';
import { Mark } from '#components/ui/status-mark.tsx';
import { useVisit } from '#components/ui/use-visit.ts';
import { may } from '#contract/rights.ts';
import { findInstances, findOperations } from './find-commands.ts';
import { findPlaces } from './find-places.ts';

/** Goes anywhere and starts anything the role may start, from the keyboard. */
export function CommandPalette({ onClose, onHelp }: { onClose(): void; onHelp(): void }) {
  const [text, setText] = useState('');
  const visit = useVisit();
  const browser = useBrowser();
  const desk = useDesk();
  const actor = useActor();
  const instances = useInstances().data?.items ?? [];
  const running = useActiveOperations().data?.items ?? [];
  const projects = useProjects().data?.items ?? [];
  const problems = useProblems();
  const nowMs = browser.clock.now();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const pathname = usePathname();
  const here = instances.find((instance) => instance.id === instanceIdIn(pathname)) ?? null;
  const matches = (title: string) => words.every((word) => title.toLowerCase().includes(word));
  const found = words.length === 0 ? problems.slice(0, 5).map(({ instance }) => instance) : findInstances(words, instances);
  const commands = actor === null ? [] : findOperations(words, here, { browser, actor, instances, running, nowMs });
  const pages = [...places, ...desks].filter((place) => (!place.operator || actor?.operator) && matches(`go to ${place.title}`));
  const more = findPlaces(words, here, { instances, projects });
  const mayCreate = actor !== null && projects.some(({ id }) => may(actor, 'instance.create', { projectId: id }));
  const run = (act: () => void) => () => {
    onClose();
    act();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-2 z-50 animate-appear overflow-hidden rounded-overlay border border-line bg-overlay shadow-overlay sm:inset-x-auto sm:top-[12vh] sm:left-1/2 sm:w-150 sm:-translate-x-1/2"
        >
          <Dialog.Title className="sr-only">Search or run</Dialog.Title>
          <Command shouldFilter={false} loop label="Search or run">
            <Command.Input
              autoFocus
              value={text}
              onValueChange={setText}
              placeholder="Go to a page or an instance, or run: restart orders-db"
              className="h-12 w-full border-line border-b bg-transparent px-4 text-14 outline-none placeholder:text-faint max-md:text-16"
            />
            <Command.List className="max-h-[min(60vh,440px)] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-8 text-center text-muted">Nothing is called “{text}”.</Command.Empty>
              <Group heading={words.length === 0 ? 'Problems now' : 'Instances'} shown={found.length > 0}>
                {found.map((instance) => {
                  const health = healthOf(browser, instance, nowMs);
                  return (
                    <Item
                      key={instance.id}
                      value={`i ${instance.id}`}
                      icon={<Mark tone={health.tone} />}
                      hint={health.label}
                      onSelect={run(() => visit(`/instances/${instance.id}`))}
                    >
                      <span className="num">{instance.name}</span>
                    </Item>
                  );
                })}
              </Group>
              <Group heading={here === null ? 'Run' : `Run on ${here.name}`} shown={commands.length > 0}>
                {commands.map(({ name, instance, title, refusal }) => {
                  const Icon = operationIcons[name];
                  const act = () =>
                    refusal === null ? desk.ask({ name, instance, projectId: instance.projectId }) : notify(refusal, { tone: 'attention' });
                  return (
                    <Item
                      key={`${name} ${instance.id}`}
                      value={`o ${name} ${instance.id}`}
                      icon={<Icon size={16} aria-hidden />}
                      dimmed={refusal !== null}
                      hint={refusal}
                      onSelect={refusal === null ? run(act) : act}
                    >
                      {title}
                    </Item>
                  );
                })}
              </Group>
              <Group heading="Go to" shown={pages.length + more.length > 0}>
                {pages.map(({ href, title, icon: Icon, key }) => (
                  <Item
                    key={href}
                    value={`p ${href}`}
                    icon={<Icon size={16} aria-hidden />}
                    hint={`g ${key}`}
                    onSelect={run(() => visit(href))}
                  >
                    {title}
                  </Item>
                ))}
                {more.map(({ href, title }) => (
                  <Item key={href} value={`p ${href}`} icon={<ArrowRight size={16} aria-hidden />} onSelect={run(() => visit(href))}>
                    {title}
                  </Item>
                ))}
              </Group>
              <Group
                heading="Do"
                shown={
                  words.length === 0 || ['Switch theme', 'Shortcuts', 'Sign out', ...(mayCreate ? ['New instance'] : [])].some(matches)
                }
              >
                {mayCreate && matches('New instance') && (
                  <Item value="new" icon={<Plus size={16} aria-hidden />} hint="n" onSelect={run(() => visit('/instances/new'))}>
                    New instance
                  </Item>
                )}
                {matches('Switch theme') && (
                  <Item
                    value="theme"
                    icon={<SunMoon size={16} aria-hidden />}
                    onSelect={run(() => setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'))}
                  >
                    Switch theme
                  </Item>
                )}
                {matches('Shortcuts') && (
                  <Item value="keys" icon={<Keyboard size={16} aria-hidden />} hint="?" onSelect={run(onHelp)}>
                    Shortcuts
                  </Item>
                )}
                {matches('Sign out') && (
                  <Item value="out" icon={<LogOut size={16} aria-hidden />} onSelect={run(() => void leave())}>
                    Sign out
                  </Item>
                )}
              </Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, shown, children }: { heading: string; shown: boolean; children: ReactNode }) {
  if (!shown) return null;
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-faint"
    >
      {children}
    </Command.Group>
  );
}

type ItemProps = { value: string; icon: ReactNode; hint?: ReactNode; dimmed?: boolean; onSelect(): void; children: ReactNode };

function Item({ value, icon, hint, dimmed, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className={`flex min-h-9 items-center gap-2.5 rounded-control px-2.5 py-1 data-[selected=true]:bg-hover ${dimmed ? 'text-faint' : 'text-fg'}`}
    >
      <span className="flex w-4 justify-center text-muted">{icon}</span>
      <span className="shrink-0">{children}</span>
      <span className="ml-auto min-w-0 truncate text-12 text-faint">{hint}</span>
    </Command.Item>
  );
}

function instanceIdIn(pathname: string): string | undefined {
  return pathname.startsWith('/instances/') ? pathname.split('/')[2] : undefined;
}
