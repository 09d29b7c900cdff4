import { root, run } from '../../support/project.ts';

export type Health = 'healthy' | 'unhealthy' | 'starting' | 'none';
export type Container = { service: string; id: string; state: string; health: Health; pid: number; restarts: number };

/** Runs `docker compose` with these arguments in the project's folder; returns its output. */
export async function compose(...args: string[]): Promise<string> {
  // The Docker plugin, or the standalone program if COMPOSE is set to it.
  const [program, ...first] = (process.env.COMPOSE ?? 'docker compose').split(' ') as [string, ...string[]];
  const { stdout } = await run(program, [...first, ...args], { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** All containers of the sandbox, running or not. */
export async function containers(): Promise<Container[]> {
  const ids = (await compose('ps', '--all', '--quiet')).split('\n').filter(Boolean);
  const inspected = JSON.parse(await docker('inspect', ...ids)) as {
    Id: string;
    RestartCount: number;
    Config: { Labels: Record<string, string> };
    State: { Status: string; Pid: number; Health?: { Status: Health } };
  }[];
  return inspected.map(({ Id, RestartCount, Config, State }) => ({
    service: Config.Labels['com.docker.compose.service'] as string,
    id: Id,
    state: State.Status,
    health: State.Health?.Status ?? 'none',
    pid: State.Pid,
    restarts: RestartCount,
  }));
}

export async function container(service: string): Promise<Container> {
  const found = (await containers()).find((container) => container.service === service);
  if (!found) throw new Error(`no container of ${service} is running`);
  return found;
}

/** The containers that are not running and healthy; empty if everything is fine. */
export async function unwell(): Promise<string[]> {
  return (await containers())
    .filter(({ state, health }) => state !== 'running' || (health !== 'healthy' && health !== 'none'))
    .map(({ service, state, health }) => `${service}: ${state}, ${health}`);
}
