import { z } from 'zod';
import { isHost } from './http/address.ts';
import { UserError } from './lifecycle.ts';

/**
 * Reads configuration from environment variables, once per process.
 *
 * A schema's keys are the names of the variables. An empty variable counts as unset, because that is what `NAME=` means
 * in Compose and `.env` files.
 */
export type Schema = z.ZodObject;

/** One or more environment variables are invalid. The message has a line for each. */
export class ConfigError extends UserError {
  override readonly name = 'ConfigError';
}

/** Variables that may contain a secret: their values never appear in messages. */
const SECRET = /PASSWORD|SECRET|TOKEN|_URL$|HEADERS/;

/** @throws {ConfigError} with the name, value and expected format of each invalid variable */
export function loadConfig<S extends Schema>(schema: S, env: NodeJS.ProcessEnv = process.env): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => explain(issue, schema, given));
  throw new ConfigError(['invalid configuration', ...lines].join('\n  '));
}

function explain(issue: z.core.$ZodIssue, schema: Schema, given: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0] ?? '');
  const value = given[name];
  const wanted = expectation(schema.shape[name]) ?? issue.message;
  if (value === undefined) return `${name} is not set: expected ${wanted}`;
  // A value with an @ may contain a URL with a password, even if it can't be parsed as one.
  const shown = SECRET.test(name) || value.includes('@') ? '(hidden)' : JSON.stringify(value);
  return `${name}=${shown}: expected ${wanted}`;
}

/** The accepted values in words, from the schema's metadata. */
export function expectation(field: unknown): string | undefined {
  return metadata(field)?.expected;
}

export type VariableMetadata = { description: string; expected: string };

/** The metadata of a variable, looking through `.default()` and `.optional()`. */
export function metadata(field: unknown): VariableMetadata | undefined {
  if (field instanceof z.ZodDefault || field instanceof z.ZodOptional) return metadata(field.unwrap());
  return field instanceof z.ZodType ? (field.meta() as VariableMetadata | undefined) : undefined;
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol.slice(0, -1));
}

function hasCredentials(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

/** The parts of a comma-separated list; `none` is the empty one. */
function listOf(text: string): string[] {
  return text.trim() === 'none' ? [] : text.split(',').map((part) => part.trim());
}

/** Constructors of variables: each combines validation with the words for error messages and documentation. */
export const variable = {
  text: (description: string) => z.string().meta({ description, expected: 'text' }),

  integer: (description: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number; max?: number } = {}) =>
    z
      .string()
      .regex(/^-?\d+$/)
      .transform(Number)
      .pipe(z.number().int().min(min).max(max))
      .meta({
        description,
        expected:
          max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number, ${min} to ${max}`,
      }),

  port: (description: string) => variable.integer(description, { min: 1, max: 65535 }),

  host: (description: string) =>
    z.string().refine(isHost).meta({ description, expected: 'a host name or an IP address, without scheme or port' }),

  /** A label value. It also becomes part of names and queries, which can't be escaped. */
  label: (description: string) =>
    z
      .string()
      .regex(/^[\w.-]{1,63}$/)
      .meta({ description, expected: 'up to 63 letters, digits, _, - or .' }),

  ratio: (description: string) =>
    z
      .string()
      .regex(/^\d*\.?\d+$/)
      .transform(Number)
      .pipe(z.number().min(0).max(1))
      .meta({ description, expected: 'a number from 0 to 1' }),

  flag: (description: string) =>
    z.stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] }).meta({ description, expected: 'true or false' }),

  choice: <const T extends readonly [string, ...string[]]>(description: string, options: T) =>
    z.enum(options).meta({ description, expected: `one of ${options.join(', ')}` }),

  /** As OpenTelemetry's variables for exporters. */
  choices: <const T extends readonly [string, ...string[]]>(description: string, options: T) =>
    z
      .string()
      .transform(listOf)
      .pipe(z.array(z.enum(options)))
      .meta({ description, expected: `one or more of ${options.join(', ')}, separated by commas; or none` }),

  /** @param credentials whether the URL may contain a user and password */
  url: (
    description: string,
    { protocols = ['http', 'https'], credentials = false }: { protocols?: string[]; credentials?: boolean } = {},
  ) =>
    z
      .string()
      .refine((value) => isUrl(value, protocols) && (credentials || !hasCredentials(value)))
      .meta({
        description,
        expected:
          `a URL that starts with ${protocols.map((p) => `${p}://`).join(' or ')}` +
          (credentials ? '' : ', without a user and password'),
      }),

  /** Origins as browsers send them: scheme, host and port. */
  origins: (description: string) =>
    z
      .string()
      .transform(listOf)
      .refine((origins) => origins.every(isOrigin))
      .meta({ description, expected: 'origins such as http://localhost:3001,https://example.org, or none' }),
};
