import type { MetricDefinition } from '#contract/datastores/datastore.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { getFlavor, volumeThresholds } from '#contract/flavors.ts';
import type { Instance } from '#contract/resources/instance.ts';
import type { Sample } from '#contract/resources/sample.ts';

export type ChartUnit = MetricDefinition['unit'] | 'cores';

/** One chart: what it reads from a sample, and the line it must not cross. */
export type ChartDefinition = {
  key: string;
  title: string;
  unit: ChartUnit;
  read(sample: Sample): number | null;
  /** Where there is a ceiling, the axis reaches up to it. */
  ceiling: { value: number; title: string } | null;
  thresholds: readonly { value: number; tone: 'attention' | 'broken'; title: string }[];
};

/** What a person may put into the load chart: everything the datastore measures that no other chart shows, and the processor. */
export function listLoadCharts(instance: Instance): ChartDefinition[] {
  const quality = findQualityChart(instance);
  const measured = listMetrics(instance).filter(({ key }) => key !== quality?.key);
  const { cpus } = getFlavor(instance.flavorId);
  return [
    ...measured.map(toChart),
    {
      key: 'cpu',
      title: 'Processor',
      unit: 'cores',
      read: (sample) => sample.cpu,
      ceiling: { value: cpus, title: 'Flavor' },
      thresholds: [],
    },
  ];
}

/** How well the engine serves: its latency where it measures one, else its hit ratio. */
export function findQualityChart(instance: Instance): ChartDefinition | null {
  const metrics = listMetrics(instance);
  const metric = metrics.find(({ unit }) => unit === 'milliseconds') ?? metrics.find(({ unit }) => unit === 'ratio');
  return metric ? toChart(metric) : null;
}

export function listResourceCharts(instance: Instance): ChartDefinition[] {
  const { volumeBytes } = instance;
  return [
    {
      key: 'memory',
      title: 'Memory',
      unit: 'bytes',
      read: (sample) => sample.memoryBytes,
      ceiling: { value: getFlavor(instance.flavorId).memoryBytes, title: 'Flavor' },
      thresholds: [],
    },
    {
      key: 'volume',
      title: 'Disk',
      unit: 'bytes',
      read: (sample) => sample.volumeUsedBytes,
      ceiling: { value: volumeBytes, title: 'Volume' },
      thresholds: [
        { value: volumeBytes * volumeThresholds.warning, tone: 'attention', title: 'Warning' },
        { value: volumeBytes * volumeThresholds.readOnly, tone: 'broken', title: 'Writes stop' },
      ],
    },
  ];
}

function listMetrics({ datastore }: Instance): MetricDefinition[] {
  const { leadingMetric, metrics } = getDetailedDatastore(datastore);
  return [leadingMetric, ...metrics];
}

function toChart(metric: MetricDefinition): ChartDefinition {
  return {
    key: metric.key,
    title: metric.title,
    unit: metric.unit,
    read: (sample) => sample.metrics[metric.key] ?? null,
    ceiling: metric.unit === 'ratio' ? { value: 1, title: 'All' } : null,
    thresholds: [],
  };
}
