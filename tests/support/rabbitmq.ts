import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { connect } from 'amqplib';
import { freePort, isFree } from '../../source/launcher/ports.ts';
import { closing } from './closing.ts';
import { read, run } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';
import { shared } from './use-started.ts';

export type RabbitMq = {
  url: string;
  /** Stops the broker cleanly. (If killed, RabbitMQ 3 may forget a quorum queue that was just declared.) */
  stop(): Promise<void>;
  /** Starts it again on the same data. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Debian's script on PATH insists on the data folder of the system's own broker, so the original one comes first. */
const SCRIPTS = [
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'rabbitmq-server')),
];

/**
 * Why tests that need a separate RabbitMQ can't run here, or false. In CI, it is an error instead, because CI must not skip
 * tests silently.
 */
export function missingRabbitMq(): string | false {
  if (findScript() !== undefined) return false;
  const reason = 'there is no rabbitmq-server on this machine';
  if (process.env.CI) throw new Error(reason);
  return reason;
}

function findScript(): string | undefined {
  return SCRIPTS.find((script) => existsSync(script));
}

const USER = 'mythical';
/** Characters with a special meaning in a URL. */
const PASSWORD = 'p@ss/w%o:r?d';

/** Starts a broker with the settings in rabbitmq/mythical.conf, on free ports, in a temporary folder. */
async function startRabbitMq(): Promise<RabbitMq> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnFreePorts();
    } catch (error) {
      // It starts listening seconds after its ports were found free; another process may have taken them.
      if (attempt === 3 || !String(error).includes('eaddrinuse')) throw error;
    }
  }
}

/** One broker for all test files in this process. */
export const useRabbitMq = shared(startRabbitMq);

async function writeSettings(folder: string, port: number): Promise<void> {
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  const ofCompose = read('rabbitmq/mythical.conf');
  const own = [`listeners.tcp.local = 127.0.0.1:${port}`, `default_user = ${USER}`, `default_pass = ${PASSWORD}`];
  await writeFile(join(folder, 'rabbitmq.conf'), [ofCompose, ...own, 'log.console = true\n'].join('\n'));
}

async function startOnFreePorts(): Promise<RabbitMq> {
  const script = findScript() ?? assert.fail('there is no rabbitmq-server on this machine');
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'rabbitmq');
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const url = `amqp://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
  await writeSettings(folder, port);
  let output = '';
  let broker: ChildProcess | undefined;

  async function start(): Promise<void> {
    broker = spawn(script, [], {
      // A separate process group, because the script starts Erlang as another process.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        LANG: 'C.UTF-8',
        ERL_EPMD_PORT: String(epmdPort),
        ERL_EPMD_ADDRESS: '127.0.0.1',
        RABBITMQ_NODENAME: `mythical-${port}@${hostname().split('.')[0]}`,
        RABBITMQ_DIST_PORT: String(distributionPort),
        RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
        RABBITMQ_MNESIA_BASE: join(folder, 'data'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_LOGS: '-',
        // Erlang's schedulers would spin while they wait.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +sbwtdcpu none +sbwtdio none',
      },
    });
    for (const stream of [broker.stdout, broker.stderr]) {
      stream?.on('data', (chunk) => {
        output = (output + chunk).slice(-20_000);
      });
    }
    const ended = () => broker?.exitCode !== null || broker.signalCode !== null;
    await until(async () => ended() || canOpenChannel(url), {
      what: () => `a connection to RabbitMQ, whose output was:\n${output}`,
    });
    if (ended()) throw new Error(`rabbitmq-server ended:\n${output}`);
  }

  async function stop(): Promise<void> {
    if (broker?.pid === undefined || broker.exitCode !== null || broker.signalCode !== null) return;
    const group = -broker.pid;
    const exited = once(broker, 'exit');
    process.kill(group, 'SIGTERM');
    const impatience = setTimeout(() => process.kill(group, 'SIGKILL'), 20_000);
    await exited;
    clearTimeout(impatience);
    // The script may exit before Erlang does, which is then still listening.
    for (const each of [port, distributionPort]) {
      await until(() => isFree(each), { what: () => `RabbitMQ to leave port ${each}` });
    }
  }

  // Erlang's port mapper (epmd), which it starts and leaves behind. If it didn't get that far, there is none.
  resources.defer(async () => void (await run('epmd', ['-port', String(epmdPort), '-kill']).catch(() => {})));
  resources.defer(stop);
  await start();
  return closing(resources, { url, start, stop });
}

/** A starting broker accepts connections, and closes them again. */
async function canOpenChannel(url: string): Promise<boolean> {
  try {
    const connection = await connect(url);
    connection.on('error', () => {});
    await connection.createChannel();
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
