export const PASSED = 0;
export const FAILED = 1;
export const CANNOT_TELL = 2;
