import { z } from 'zod';

/**
 * External text that is stored in Postgres, which can't hold NUL or lone surrogates. Other control characters are
 * rejected too.
 */
export const storableText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'no control characters or lone surrogates');
