import type { Report } from '#contract/guest/reports.ts';

type Place = Pick<Report, 'bootId' | 'bootedAtMs' | 'sequence'>;

/** Whether a report is newer than all before it: a later boot of the agent, or a higher number within the same one. */
export function createOrder() {
  const last = new Map<string, Place>();
  return {
    /** True once per place: what it accepts becomes the newest. */
    isNewer(report: Place & { instanceId: string }): boolean {
      const { instanceId, bootId, bootedAtMs, sequence } = report;
      const known = last.get(instanceId);
      if (known && !isAfter({ bootId, bootedAtMs, sequence }, known)) return false;
      last.set(instanceId, { bootId, bootedAtMs, sequence });
      return true;
    },
    forget: (instanceId: string) => {
      last.delete(instanceId);
    },
  };
}

function isAfter(one: Place, other: Place): boolean {
  if (one.bootId === other.bootId) return one.sequence > other.sequence;
  return one.bootedAtMs > other.bootedAtMs;
}
