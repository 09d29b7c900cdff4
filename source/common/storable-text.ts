import { z } from 'zod';

/**
 * Text from outside that goes to Postgres, whichever way it came: its text can't hold NUL, nor UTF-8 half of a surrogate
 * pair; and other control characters have no place in a name.
 */
export const storableText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'no control characters or broken unicode');
