import { GuestboardError } from '#contract/errors.ts';

/** Pages newest first over rows with `createdAt` and `id`. A cursor is opaque: the last row's moment and id. */
export const toMoment = {
  before: (cursor: string) => {
    const { createdAt, id } = parseCursor(cursor);
    return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
  },
  page: <Row extends { createdAt: Date; id: string }, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, total: number) => {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? formatCursor(last) : null;
    return { items: shown.map(toItem), next, total };
  },
};

/** Behind this row the next page begins. */
export function formatCursor({ createdAt, id }: { createdAt: Date; id: string }): string {
  return Buffer.from(`${createdAt.getTime()} ${id}`).toString('base64url');
}

/** Throws `invalid-input` for what is no moment that the database knows (from 1970 on) with a UUID. */
export function parseCursor(cursor: string): { createdAt: Date; id: string } {
  const [, at, id] = /^(\d{1,14}) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (at === undefined || id === undefined)
    throw new GuestboardError('invalid-input', 'The cursor is not one this list gave out.', { field: 'cursor' });
  return { createdAt: new Date(Number(at)), id };
}
