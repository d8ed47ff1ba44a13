'use client';

export { PageFault as default } from '#components/layout/page-fault.tsx';
