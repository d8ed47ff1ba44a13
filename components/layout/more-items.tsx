import { useMe } from '#client/queries/me.ts';
import { MenuItem } from '#components/ui/menu-items.tsx';
import { useVisit } from '#components/ui/use-visit.ts';
import { listMore } from './places.ts';

export function MoreItems() {
  const visit = useVisit();
  const operator = useMe().data?.operator ?? false;
  return listMore(operator).map((place) => (
    <MenuItem key={place.href} icon={place.icon} onSelect={() => visit(place.href)}>
      {place.title}
    </MenuItem>
  ));
}
