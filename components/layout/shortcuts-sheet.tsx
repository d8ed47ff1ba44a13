import { setSingleKeys, singleKeys } from '#client/preferences.ts';
import { useStore } from '#client/store.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Kbd } from '#components/ui/kbd.tsx';
import { Switch } from '#components/ui/switch.tsx';
import { desks, places } from './places.ts';

const others: readonly (readonly [string[], string])[] = [
  [['⌘', 'K'], 'Search, or run an operation'],
  [['/'], 'Filter the list'],
  [['n'], 'New instance'],
  [['?'], 'This sheet'],
  [['Esc'], 'Close what is open'],
];

/** Every key that does something. */
export function ShortcutsSheet({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  const on = useStore(singleKeys);
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
        {[...others, ...[...places, ...desks].map((place) => [['g', place.key], `Go to ${place.title}`] as const)].map(
          ([combination, does]) => (
            <p key={does} className="flex h-8 items-center justify-between gap-3 border-line border-b">
              <span>{does}</span>
              <span className="flex gap-1">
                {combination.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </span>
            </p>
          ),
        )}
      </div>
    </Dialog>
  );
}
