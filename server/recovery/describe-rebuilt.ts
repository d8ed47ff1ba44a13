import { writeCount } from '#contract/count-text.ts';
import type { Rebuilt } from './rebuild-catalogue.ts';

/** What the person at the terminal reads: what is back, what was not taken as it lies there and why, and what lies where nobody reads. */
export function describeRebuilt(rebuilt: Rebuilt, strays: readonly { place: string; count: number }[], readFolder: string): string {
  const elsewhere = strays
    .filter(({ count }) => count > 0)
    .map(
      ({ place, count }) =>
        ` Not taken up: ${writeCount(count, 'backup')} in ${place}. Of a local directory only ${readFolder} is read: move each project’s folder there and run this again.`,
    );
  return `Rebuilt from storage: ${writeCount(rebuilt.projects, 'project')}, ${countTaken(rebuilt)}.${describeRest(rebuilt)}${elsewhere.join('')}`;
}

/** The same where a save brought back the rows of before it. */
export function describeLater(rebuilt: Rebuilt): string {
  return `Of after it, from what lies in storage: ${countTaken(rebuilt)}.${describeRest(rebuilt)}`;
}

function countTaken({ backups, archives }: Rebuilt): string {
  return `${writeCount(backups, 'backup')} not known before, and later moments of ${writeCount(archives, 'archive')}`;
}

function describeRest({ away, missing, unreadable, changed, headless, foreign, unsigned }: Rebuilt): string {
  const name = (words: string, objects: readonly string[]) => (objects.length === 0 ? '' : ` ${words}: ${objects.join(', ')}.`);
  return [
    name('Not looked into; run this again with --catalogue when they answer', away),
    name(
      'Known, but not lying where they should, and marked as missing until they are brought there',
      missing.map(({ place, count }) => `${writeCount(count, 'backup')} in ${place}`),
    ),
    name('Not readable', unreadable),
    name('Left out, since they were changed after they were written', changed),
    name('Left out, since only their parts are there and this is gone', headless),
    name('Left out, since their project or key is not among those found', foreign),
    name('Taken, though without a signature, as older versions left them; prove them before you rely on them', unsigned),
  ].join('');
}
