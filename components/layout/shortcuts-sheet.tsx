import { useCommandKey } from '#client/command-key.ts';
import { setSingleKeys, singleKeys } from '#client/preferences.ts';
import { useMe } from '#client/queries/me.ts';
import { useStore } from '#client/store.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { desks, places } from './places.ts';

const others: readonly (readonly [string[], string])[] = [
  [['/'], 'Filter the list'],
  [['n'], 'New instance'],
  [['?'], 'This sheet'],
  [['Esc'], 'Close what is open'],
];

/** Every key that does something. */
export function ShortcutsSheet({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const on = useStore(singleKeys);
  const operator = useMe().data?.operator ?? false;
  const search = [[useCommandKey(), 'K'], 'Search, or run an operation'] as const;
  const goTo = [...places, ...desks.filter((place) => !place.operator || operator)].map(
    (place) => [['g', place.key], `Go to ${place.title}`] as const,
  );
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Shortcuts"
      wide
      footer={
        <Switch checked={on} onChange={setSingleKeys}>
          Single-key shortcuts
        </Switch>
      }
    >
      <div className="grid gap-x-8 gap-y-1 sm:grid-cols-2">
        {[search, ...others, ...goTo].map(([combination, does]) => (
          <p key={does} className="flex h-8 items-center justify-between gap-3 border-line border-b">
            <span>{does}</span>
            <span className="flex gap-1">
              {combination.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </span>
          </p>
        ))}
      </div>
    </Dialog>
  );
}
