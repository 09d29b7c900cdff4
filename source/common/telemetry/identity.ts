import { randomUUID } from 'node:crypto';
import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_NAMESPACE,
  ATTR_SERVICE_VERSION,
} from '@opentelemetry/semantic-conventions';
import packageJson from '../package.json' with { type: 'json' };
import { SERVICES, type ServiceName } from '../services.ts';
import type { IdentitySettings } from '../settings.ts';
import { type Vocabulary, vocabularyOf } from '../vocabulary.ts';

/** Identifies the process; the same on every signal. */
export type Identity = {
  serviceName: ServiceName;
  namespace: string;
  version: string;
  /** Random per process start. */
  instanceId: string;
  vocabulary: Vocabulary;
  /** From `OTEL_RESOURCE_ATTRIBUTES`. */
  resourceAttributes: Record<string, string>;
};

export function identify(serviceName: ServiceName, settings: IdentitySettings): Identity {
  return {
    serviceName,
    namespace: settings.NAMESPACE,
    version: packageJson.version,
    instanceId: randomUUID(),
    vocabulary: vocabularyOf(settings.ENDPOINT_TYPE),
    resourceAttributes: settings.OTEL_RESOURCE_ATTRIBUTES ?? {},
  };
}

/**
 * The identity as an OpenTelemetry resource. `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` can't change the
 * service's name and namespace, because metrics, logs and profiles carry them as labels, which Grafana uses to
 * correlate them with spans.
 */
export function resourceOf(identity: Identity): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      // The server sets service.version on each span, because it pretends to run two releases. Tempo's
      // metrics-generator would prefer a version on the resource.
      ...(identity.serviceName !== SERVICES.server.name && { [ATTR_SERVICE_VERSION]: identity.version }),
      [ATTR_SERVICE_INSTANCE_ID]: identity.instanceId,
      // Not yet stable in the semantic conventions, so the stable package has no constant for it.
      'deployment.environment.name': identity.namespace,
      ...identity.resourceAttributes,
      [ATTR_SERVICE_NAME]: identity.serviceName,
      [ATTR_SERVICE_NAMESPACE]: identity.namespace,
    }),
  );
}

/** One log message for each environment variable that tries to change the service's name or namespace. */
export function identityWarnings(
  { serviceName, namespace, resourceAttributes }: Identity,
  env = process.env,
): string[] {
  const given = [
    ['OTEL_SERVICE_NAME', env.OTEL_SERVICE_NAME, serviceName],
    ['service.name of OTEL_RESOURCE_ATTRIBUTES', resourceAttributes[ATTR_SERVICE_NAME], serviceName],
    ['service.namespace of OTEL_RESOURCE_ATTRIBUTES', resourceAttributes[ATTR_SERVICE_NAMESPACE], namespace],
  ] as const;
  return given
    .filter(([, value, kept]) => value && value !== kept)
    .map(([where, value, kept]) => `${where} is ignored: ${value}; all signals carry ${kept}`);
}
