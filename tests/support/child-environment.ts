/** For programs that get only the variables they need: where programs are, and Node's compile cache. */
export const CHILD_ENVIRONMENT = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE };
