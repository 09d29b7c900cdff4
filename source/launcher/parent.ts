const CHECK_EVERY_MS = 500;

/**
 * Stops this process, as SIGTERM does, when the shell between npm and it has ended. npm passes a SIGTERM on to that
 * shell only, which dies of it without a word to us.
 */
export function stopWithParent(env: NodeJS.ProcessEnv = process.env): void {
  // Started otherwise, a parent that ends is nothing special: `node source/launcher/main.ts &` and a closed terminal.
  if (env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS);
  check.unref();
}
