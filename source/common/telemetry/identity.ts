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
};

export function identify(serviceName: ServiceName, settings: IdentitySettings): Identity {
  return {
    serviceName,
    namespace: settings.NAMESPACE,
    version: packageJson.version,
    instanceId: randomUUID(),
    vocabulary: vocabularyOf(settings.ENDPOINT_TYPE),
  };
}

/** The identity as an OpenTelemetry resource. `OTEL_RESOURCE_ATTRIBUTES` is added by the SDK, and wins. */
export function resourceOf(identity: Identity): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      [ATTR_SERVICE_NAME]: identity.serviceName,
      [ATTR_SERVICE_NAMESPACE]: identity.namespace,
      // The server handles each request by one of two releases, and names it on the span. Tempo's metrics-generator
      // would take the version of a resource before that of a span.
      ...(identity.serviceName !== SERVICES.server.name && { [ATTR_SERVICE_VERSION]: identity.version }),
      [ATTR_SERVICE_INSTANCE_ID]: identity.instanceId,
      // Still in development in the semantic conventions, so not a constant of the stable package.
      'deployment.environment.name': identity.namespace,
    }),
  );
}
