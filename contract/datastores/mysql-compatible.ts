import type { MetricDefinition } from './datastore.ts';

/** What is measured first: of MariaDB and MySQL alike. */
export const sharedLeadingMetric = { key: 'queriesPerSecond', title: 'Statements', unit: 'per-second' } as const satisfies MetricDefinition;
