import type { ReportBody } from '#contract/guest/reports.ts';
import type { Archiver } from './archiver.ts';

const everyMs = 1000;
/** Said again although nothing has changed: it may not have arrived. */
const againEveryMs = 10_000;

/** Tells the conductor how the archive stands: at most once a second, and again now and then. */
export function startArchiveReports({ summarise, report }: { summarise: Archiver['summarise']; report(body: ReportBody): boolean }) {
  let said = '';
  let saidAt = Number.NEGATIVE_INFINITY;
  const timer = setInterval(say, everyMs);
  timer.unref();

  function say() {
    const body = summarise();
    if (body === null) return;
    const text = JSON.stringify(body);
    if (text === said && performance.now() - saidAt < againEveryMs) return;
    if (!report(body)) return;
    said = text;
    saidAt = performance.now();
  }

  return {
    sayNow() {
      said = '';
      say();
    },
    close: () => clearInterval(timer),
  };
}
