'use client';

import { useEffect } from 'react';
import { useBrowser } from '#client/browser.ts';

const stepDegrees = 45;

/**
 * Turns the marks of whatever is under way, all at once and with the page's own beat: an animation of the browser's is looked after sixty
 * times a second, which takes the processor from what is waited for where no graphics card helps.
 */
export function TurningMarks() {
  const { clock } = useBrowser();
  useEffect(() => {
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    let degrees = 0;
    return clock.subscribe(200, () => {
      if (still.matches) return;
      degrees = (degrees + stepDegrees) % 360;
      for (const mark of document.querySelectorAll<SVGElement>('svg[data-tone=working]')) mark.style.rotate = `${degrees}deg`;
    });
  }, [clock]);
  return null;
}
