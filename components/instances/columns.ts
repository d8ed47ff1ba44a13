/**
 * The one grid of head and rows: what a narrower screen drops, it drops in both. Each fits beside the open rail at the width where it
 * begins: 504, 760 and 1016 px, less 32 at the sides. Phones have a layout of their own.
 */
export const grid =
  'md:grid md:items-center md:gap-x-3 md:px-4 md:grid-cols-[16px_minmax(140px,1fr)_minmax(120px,160px)_64px] lg:grid-cols-[16px_minmax(150px,1.4fr)_minmax(130px,1fr)_130px_136px_64px] xl:grid-cols-[16px_minmax(144px,1.6fr)_minmax(120px,1fr)_124px_132px_136px_56px_88px_64px]';
export const fromLg = 'hidden lg:flex lg:items-center';
export const fromXl = 'hidden xl:flex xl:items-center';
