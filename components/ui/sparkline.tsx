/** The last values as a small line over its area; nothing under two of them. `max` fixes the scale. */
export function Sparkline({
  values,
  width = 72,
  height = 18,
  max,
  label,
}: {
  values: readonly number[];
  width?: number;
  height?: number;
  max?: number;
  label?: string;
}) {
  const top = Math.max(max ?? 0, ...values, 1e-9);
  const step = width / 59;
  const start = width - (values.length - 1) * step;
  const points = values.map(
    (value, index) => `${(start + index * step).toFixed(1)},${(height - 1.5 - (value / top) * (height - 3)).toFixed(1)}`,
  );
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role={label ? 'img' : 'presentation'}
      aria-label={label}
      aria-hidden={!label}
      className="shrink-0 overflow-visible text-accent"
    >
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line)" />
      {points.length > 1 && (
        <>
          <path
            d={`M${start.toFixed(1)},${height - 1} L${points.join(' L')} L${width},${height - 1} Z`}
            fill="currentColor"
            opacity="0.13"
          />
          <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="1.25" strokeLinejoin="round" />
        </>
      )}
    </svg>
  );
}
