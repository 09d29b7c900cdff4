import { z } from 'zod';

/** Text for Postgres, which can't store NUL or lone surrogates. Other control characters are rejected too. */
export const storableText = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), 'no control characters or lone surrogates');
