'use client';

export { RootFault as default } from '#components/layout/root-fault.tsx';
