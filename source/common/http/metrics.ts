import type { RequestHandler } from 'express';
import { Registry } from 'prom-client';

/**
 * `GET /metrics` in the format that the client accepts, OpenMetrics or classic, by default the registry's own. Only
 * OpenMetrics has exemplars, and only if it is the registry's own format.
 */
export function metricsHandler(registry: Registry): RequestHandler {
  const own = registry.contentType;
  const other =
    own === Registry.OPENMETRICS_CONTENT_TYPE ? Registry.PROMETHEUS_CONTENT_TYPE : Registry.OPENMETRICS_CONTENT_TYPE;
  return async (request, response) => {
    // Ignore media type parameters other than q: responses needn't repeat the ones that Prometheus sends.
    request.headers.accept = request.headers.accept?.replace(/;\s*(?!q=)[^;,]*/gi, '');
    const wanted = request.accepts([own, other].map(mediaType)) === mediaType(other) ? other : own;
    const text = await (wanted === own ? registry : await converted(registry, other)).metrics();
    // prom-client writes an empty line for an empty registry, which OpenMetrics forbids.
    response.vary('Accept').type(wanted).send(text.trimStart());
  };
}

function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]!;
}

/** A copy of the registry in another format. OpenMetrics adds `_total` to a counter's series, not to its name. */
async function converted(registry: Registry, contentType: typeof registry.contentType): Promise<Registry> {
  const suffix = contentType === Registry.OPENMETRICS_CONTENT_TYPE ? '' : '_total';
  const metrics = (await registry.getMetricsAsJSON()).map((metric) => ({
    ...metric,
    name: metric.type === 'counter' ? metric.name.replace(/(?:_total)?$/, suffix) : metric.name,
    aggregator: 'first' as const,
  }));
  const copy = Registry.aggregate([metrics]);
  copy.setContentType(contentType);
  return copy;
}
