import { type Condition, type Conditions, createConditions } from './conditions.ts';
import type { IncidentFault } from './scenarios.ts';
import type { ServiceKey } from './services.ts';
import { outletConditions } from './telemetry/outlet.ts';
import type { Telemetry } from './telemetry/start.ts';

type OfSignals = keyof ReturnType<typeof outletConditions>;

/** The conditions that `npm run incident` can activate in a service: its own, and those of any service's signals. */
export function serviceConditions<Service extends ServiceKey, Subject = void>(
  { INCIDENTS }: { INCIDENTS: boolean },
  { outlet }: Pick<Telemetry, 'outlet'>,
  own: Record<Exclude<IncidentFault<Service>, OfSignals>, Condition<Subject>>,
): Conditions<Subject> | undefined {
  return INCIDENTS ? createConditions<Subject, string>({ ...outletConditions(outlet), ...own }) : undefined;
}
