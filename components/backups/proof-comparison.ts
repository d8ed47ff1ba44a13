import { formatNumber } from '#client/format.ts';
import type { BackupProof } from '#contract/resources/backup-proof.ts';
import { formatThings } from './proof-things.ts';

type Findings = NonNullable<BackupProof['findings']>;

/** What was compared with what, and how much was not. */
export function describeComparison({ unit, things, rows, compared, exact }: Findings, momentAt: string | null): string {
  if (things === 0) return `No ${unit} were in it.`;
  const what =
    unit === 'tables'
      ? `${formatThings(things, unit)}, ${formatNumber(rows ?? 0)} ${rows === 1 ? 'row' : 'rows'}`
      : formatThings(things, unit);
  if (compared === 0)
    return momentAt === null
      ? `${what}. None compared: nothing could be counted in passing when the backup was made.`
      : `${what}. Not compared: only while a backup is made is anything counted, and none was being made at this moment.`;
  const [parts, inside] = unit === 'tables' ? (['tables', 'rows'] as const) : (['databases', 'keys'] as const);
  const then = momentAt === null ? 'the backup' : 'the backup that was being made at this moment';
  const of = unit === 'tables' ? `${formatNumber(compared)} of ${formatNumber(things)}` : formatNumber(compared);
  const busy = compared - exact;
  const written = busy === 0 ? '' : ` ${formatNumber(busy)} were written to meanwhile: of those no number is wrong.`;
  const left = unit === 'tables' ? things - compared : 0;
  const uncompared = left <= 0 ? '' : ` Not compared: ${formatNumber(left)}, too large or too many to count in passing.`;
  return `${what}. Compared with ${then}: ${of} ${parts}, ${formatNumber(exact)} with exactly as many ${inside} as then.${written}${uncompared}`;
}
