/** A place in the write-ahead log ("16/B374D848") as a number of bytes. */
export function parsePosition(text: string): bigint {
  const [high = '0', low = '0'] = text.split('/');
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

export function formatPosition(position: bigint): string {
  return `${(position >> 32n).toString(16).toUpperCase()}/${(position & 0xffff_ffffn).toString(16).toUpperCase()}`;
}

/** The same so that it sorts as text. */
export function toSortable(position: bigint): string {
  return position.toString(16).padStart(16, '0');
}

export function fromSortable(text: string): bigint {
  return BigInt(`0x${text}`);
}

export const segmentBytes = 16n * 1024n * 1024n;

/** The name of the file a position lies in; sorts as the log goes. */
export function toSegmentName(position: bigint, timeline: number): string {
  const number = position / segmentBytes;
  const perLog = 0x1_0000_0000n / segmentBytes;
  const parts = [BigInt(timeline), number / perLog, number % perLog];
  return parts.map((part) => part.toString(16).toUpperCase().padStart(8, '0')).join('');
}

export function readTimeline(segmentName: string): number {
  return Number.parseInt(segmentName.slice(0, 8), 16);
}
