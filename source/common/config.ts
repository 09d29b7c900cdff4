import { z } from 'zod';
import { isHost } from './http/address.ts';
import { Trouble } from './lifecycle.ts';

/**
 * Reading configuration from environment variables, once, at the edge of a process.
 *
 * A schema is an object whose keys are the variables' own names. An empty variable counts as unset, because that is
 * what `NAME=` in a Compose file or an `.env` file means to the person who wrote it.
 */
export type Schema = z.ZodObject;

/** One or more environment variables hold a value that can't be used. The message has one line for each. */
export class ConfigError extends Trouble {
  override readonly name = 'ConfigError';
}

/** Variables whose value may hold a password: it is never repeated in a message. */
const SECRET = /PASSWORD|SECRET|TOKEN|_URL$|HEADERS/;

/**
 * @throws {ConfigError} naming every variable that is wrong, the value it has, and what was expected instead.
 */
export function loadConfig<S extends Schema>(schema: S, env: NodeJS.ProcessEnv = process.env): z.infer<S> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => explain(issue, schema, given));
  throw new ConfigError(['the configuration is wrong', ...lines].join('\n  '));
}

function explain(issue: z.core.$ZodIssue, schema: Schema, given: NodeJS.ProcessEnv): string {
  const name = String(issue.path[0] ?? '');
  const value = given[name];
  const wanted = expectation(schema.shape[name]) ?? issue.message;
  if (value === undefined) return `${name} is not set: expected ${wanted}`;
  // A value with an @ may be, or contain, a URL with a password in it: also where it can't be read as one.
  const shown = SECRET.test(name) || value.includes('@') ? '(hidden)' : JSON.stringify(value);
  return `${name}=${shown}: expected ${wanted}`;
}

/** What a variable accepts, in words: written by the constructors below into the schema's metadata. */
export function expectation(field: unknown): string | undefined {
  return metadata(field)?.expected;
}

export type VariableMetadata = { description: string; expected: string };

/** The metadata of a variable, also where `.default()` or `.optional()` was put around it. */
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

/** Constructors of variables: each pairs a check with the words that an error message and the documentation use. */
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

  /** A value of a label: it also becomes part of names and queries that can't escape anything. */
  label: (description: string) =>
    z
      .string()
      .regex(/^[\w.-]{1,63}$/)
      .meta({ description, expected: 'letters, digits, _, - and ., at most 63 of them' }),

  ratio: (description: string) =>
    z
      .string()
      .regex(/^\d*\.?\d+$/)
      .transform(Number)
      .pipe(z.number().min(0).max(1))
      .meta({ description, expected: 'a number from 0 to 1' }),

  flag: (description: string) =>
    z
      .string()
      .toLowerCase()
      .pipe(z.enum(['true', 'false', '1', '0']))
      .transform((value) => value === 'true' || value === '1')
      .meta({ description, expected: 'true or false' }),

  choice: <const T extends readonly [string, ...string[]]>(description: string, options: T) =>
    z.enum(options).meta({ description, expected: `one of ${options.join(', ')}` }),

  /** Some of these, separated by commas, as the exporters of OpenTelemetry are chosen. `none` is none of them. */
  choices: <const T extends readonly [string, ...string[]]>(description: string, options: T) =>
    z
      .string()
      .transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((choice) => choice.trim())))
      .pipe(z.array(z.enum(options)))
      .meta({ description, expected: `one or more of ${options.join(', ')}, separated by commas; or none` }),

  /** @param credentials whether the URL may have a user and a password in it: only where what asks it sends them */
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

  /** Exact origins, as browsers send them: scheme, host and port, separated by commas. `none` allows none. */
  origins: (description: string) =>
    z
      .string()
      .transform((text) => (text.trim() === 'none' ? [] : text.split(',').map((origin) => origin.trim())))
      .refine((origins) => origins.every(isOrigin))
      .meta({ description, expected: 'origins such as http://localhost:3001,https://example.org, or none' }),
};
