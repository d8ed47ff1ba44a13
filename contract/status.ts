import * as z from 'zod';
import { instanceStatuses, operatingStatuses } from './health.ts';

export * from './guest/facts.ts';
export type { Health, StatusFacts, Tone } from './health.ts';
export { deriveInstanceStatus, deriveOperatingStatus, describeHealth, instanceStatuses, isSilent, operatingStatuses } from './health.ts';

export type OperatingStatus = keyof typeof operatingStatuses;
export const OperatingStatus = z.enum(Object.keys(operatingStatuses) as [OperatingStatus, ...OperatingStatus[]]);

export type InstanceStatus = keyof typeof instanceStatuses;
export const InstanceStatus = z.enum(Object.keys(instanceStatuses) as [InstanceStatus, ...InstanceStatus[]]);
