const CHECK_EVERY_MS = 500;

/**
 * Stops this process when the shell between npm and it ends. npm sends SIGTERM only to that shell, which doesn't
 * forward it.
 */
export function stopWithParent(env: NodeJS.ProcessEnv = process.env): void {
  // Without npm, the parent may end normally: `node source/launcher/main.ts &` and a closed terminal.
  if (env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS);
  check.unref();
}
