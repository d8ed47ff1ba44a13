import { type Figure, isMet } from './figure.ts';

/** The figures as a Markdown table, aligned for a terminal. */
export function toTable(figures: readonly Figure[]): string {
  const head = ['figure', 'measured', 'median', 'p99', 'n', 'bar', 'peer', ''];
  const rows = figures.map((figure) => [
    figure.remark === null ? figure.figure : `${figure.figure} (${figure.remark})`,
    `${round(figure.value)} ${figure.unit}`,
    figure.median === null ? '' : round(figure.median),
    figure.p99 === null ? '' : round(figure.p99),
    String(figure.n),
    `${'atMost' in figure.bar ? `≤ ${figure.bar.atMost}` : `≥ ${figure.bar.atLeast}`} ${figure.barOf}`,
    figure.peer ?? '',
    isMet(figure) ? 'met' : 'MISSED',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)].join('\n');
}

function round(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-GB', { maximumFractionDigits: digits, minimumFractionDigits: 0 });
}
