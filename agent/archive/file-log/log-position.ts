/** A place in a log made of numbered files: which file, and how far in it. */
export type LogPosition = { file: number; offset: number };

/** As text that sorts as the log goes on. `notes`: how many the archive has put down at this place beside the log. */
export function toSortable({ file, offset }: LogPosition, notes = 0): string {
  return `${toHex(file, 8)}${toHex(offset, 12)}${toHex(notes, 4)}`;
}

export function fromSortable(text: string): LogPosition {
  return { file: Number.parseInt(text.slice(0, 8), 16), offset: Number.parseInt(text.slice(8, 20), 16) };
}

/** One file of the log as a group of the archive, by its number and what tells it from another of that number. */
export function toGroup(stem: string, file: number, mark: number): string {
  return `${stem}.${String(file).padStart(10, '0')}.${mark.toString(16)}`;
}

export function readGroup(group: string): { file: number; mark: number } {
  const [, file, mark] = /\.(\d+)\.([0-9a-f]+)$/.exec(group) ?? [];
  return { file: Number(file ?? 0), mark: Number.parseInt(mark ?? '0', 16) };
}

function toHex(number: number, digits: number): string {
  return number.toString(16).padStart(digits, '0');
}
