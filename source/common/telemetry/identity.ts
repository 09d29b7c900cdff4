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

/** Who emits the telemetry of this process: the same on every signal. */
export type Identity = {
  serviceName: ServiceName;
  namespace: string;
  version: string;
  /** New with each start of the process. */
  instanceId: string;
  vocabulary: Vocabulary;
  /** Of `OTEL_RESOURCE_ATTRIBUTES`. */
  furtherAttributes: Record<string, string>;
};

export function identify(serviceName: ServiceName, settings: IdentitySettings): Identity {
  return {
    serviceName,
    namespace: settings.NAMESPACE,
    version: packageJson.version,
    instanceId: randomUUID(),
    vocabulary: vocabularyOf(settings.ENDPOINT_TYPE),
    furtherAttributes: settings.OTEL_RESOURCE_ATTRIBUTES ?? {},
  };
}

/**
 * The identity as an OpenTelemetry resource. Name and namespace can't be changed by `OTEL_SERVICE_NAME` or
 * `OTEL_RESOURCE_ATTRIBUTES`: metrics, log lines and profiles carry them as labels, and are joined with spans by them.
 */
export function resourceOf(identity: Identity): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      // The server handles each request by one of two releases, and names it on the span. Tempo's metrics-generator
      // would take the version of a resource before that of a span.
      ...(identity.serviceName !== SERVICES.server.name && { [ATTR_SERVICE_VERSION]: identity.version }),
      [ATTR_SERVICE_INSTANCE_ID]: identity.instanceId,
      // Still in development in the semantic conventions, so not a constant of the stable package.
      'deployment.environment.name': identity.namespace,
      ...identity.furtherAttributes,
      [ATTR_SERVICE_NAME]: identity.serviceName,
      [ATTR_SERVICE_NAMESPACE]: identity.namespace,
    }),
  );
}

/** What tries to change the name or the namespace of a service, as lines for its log. */
export function identityWarnings({ serviceName, namespace, furtherAttributes }: Identity, env = process.env): string[] {
  const given = [
    ['OTEL_SERVICE_NAME', env.OTEL_SERVICE_NAME, serviceName],
    ['service.name of OTEL_RESOURCE_ATTRIBUTES', furtherAttributes[ATTR_SERVICE_NAME], serviceName],
    ['service.namespace of OTEL_RESOURCE_ATTRIBUTES', furtherAttributes[ATTR_SERVICE_NAMESPACE], namespace],
  ] as const;
  return given
    .filter(([, value, kept]) => value && value !== kept)
    .map(([where, value, kept]) => `${where} is ignored: ${value}; all signals carry ${kept}`);
}
