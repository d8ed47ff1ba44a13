import { GuestboardError } from '#contract/errors.ts';

/** Pages newest first over rows with `createdAt` and `id`. A cursor is opaque: the last row's moment and id. */
export const toMoment = {
  before: (cursor: string) => {
    const { createdAt, id } = parse(cursor);
    return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
  },
  page: <Row extends { createdAt: Date; id: string }, Item>(rows: Row[], limit: number, toItem: (row: Row) => Item, total: number) => {
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last ? Buffer.from(`${last.createdAt.getTime()} ${last.id}`).toString('base64url') : null;
    return { items: shown.map(toItem), next, total };
  },
};

function parse(cursor: string) {
  const [at, id] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const createdAt = new Date(Number(at));
  if (id === undefined || Number.isNaN(createdAt.getTime()) || !/^[0-9a-f-]{36}$/.test(id))
    throw new GuestboardError('invalid-input', 'The cursor is not one this list gave out.', { field: 'cursor' });
  return { createdAt, id };
}
