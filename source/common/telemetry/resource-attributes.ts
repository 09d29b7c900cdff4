import { z } from 'zod';

const MAX_LENGTH = 255;

/**
 * `OTEL_RESOURCE_ATTRIBUTES`. The SDK's own detector silently drops all attributes if one is malformed:
 * https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export const resourceAttributes = (description: string) =>
  z
    .string()
    .transform((text, context) => {
      const attributes = parse(text);
      if (attributes === undefined) context.addIssue({ code: 'custom' });
      return attributes ?? {};
    })
    .meta({ description, expected: 'key=value,key=value, with %25 for %, %2C for a comma and %3D for =' });

/** @returns undefined if any part is malformed */
function parse(text: string): Record<string, string> | undefined {
  const attributes: Record<string, string> = {};
  for (const pair of text.split(',').filter((pair) => pair.trim() !== '')) {
    const [key, value, ...rest] = pair.split('=').map((part) => decode(part.trim()));
    if (!key || value === undefined || rest.length > 0) return undefined;
    attributes[key] = value;
  }
  return attributes;
}

function decode(part: string): string | undefined {
  try {
    const decoded = decodeURIComponent(part);
    return decoded.length > MAX_LENGTH ? undefined : decoded;
  } catch {
    return undefined;
  }
}
