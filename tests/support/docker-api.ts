import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';

/** A container, with what collectors ask for. */
export type DockerContainer = {
  id: string;
  project: string;
  service: string;
  startedAt: string;
  /** Its output so far. */
  lines: { stream: 'stdout' | 'stderr'; text: string }[];
};

export type DockerApi = AsyncDisposable & {
  /** Requests, in a supported API version. */
  asked: string[];
};

/**
 * Docker's API on a socket, with these containers, for clients that read logs, metrics or targets.
 *
 * @param versions supported API versions, as N of 1.N: any other is rejected, as by Docker
 */
export async function startDockerApi(
  socket: string,
  containers: DockerContainer[],
  versions = { min: 44, max: 47 },
): Promise<DockerApi> {
  const answers: Record<string, (response: ServerResponse, container?: DockerContainer) => void> = {
    // Docker would send events for as long as the connection is open.
    events: (response) => response.flushHeaders(),
    networks: (response) => response.end(JSON.stringify([{ Id: 'network', Name: 'mythical' }])),
    'containers/json': (response) => response.end(JSON.stringify(containers.map(inList))),
    'containers/ID/json': (response, container) => response.end(JSON.stringify(inDetail(container!))),
    'containers/ID/stats': (response) => response.end(JSON.stringify({ cpu_stats: {}, memory_stats: { usage: 1 } })),
    // As with "follow": the connection stays open.
    'containers/ID/logs': (response, container) => response.write(Buffer.concat(container!.lines.map(asFrame))),
  };
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('api-version', `1.${versions.max}`);
    // Unversioned: it tells a client which version to use.
    if (url === '/_ping') return void response.end('OK');
    response.setHeader('content-type', 'application/json');
    const [, version, what = ''] = /^\/v1\.(\d+)\/([^?]*)/.exec(url) ?? [];
    if (!(Number(version) >= versions.min && Number(version) <= versions.max)) {
      return void response.writeHead(400).end('{"message":"client version is too old, or too new"}');
    }
    asked.push(what);
    const container = containers.find(({ id }) => what.includes(id));
    const answer = answers[container === undefined ? what : what.replace(container.id, 'ID')];
    if (answer === undefined) response.writeHead(404).end(JSON.stringify({ message: `not here: ${url}` }));
    else answer(response, container);
  }).listen(socket);
  await once(server, 'listening');
  return {
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}

const labelsOf = ({ project, service }: DockerContainer) => ({
  'com.docker.compose.project': project,
  'com.docker.compose.service': service,
});

const inList = (container: DockerContainer) => ({
  Id: container.id,
  Names: [`/${container.service}`],
  Labels: labelsOf(container),
  State: 'running',
  Ports: [],
  HostConfig: { NetworkMode: 'mythical' },
  NetworkSettings: { Networks: { mythical: { NetworkID: 'network', IPAddress: '10.0.0.2' } } },
});

const inDetail = (container: DockerContainer) => ({
  Id: container.id,
  Name: `/${container.service}`,
  Image: 'sha256:0',
  Config: { Labels: labelsOf(container), Image: 'image', Hostname: container.service, Env: [], Cmd: [], Tty: false },
  State: { Running: true, StartedAt: container.startedAt, FinishedAt: '0001-01-01T00:00:00Z' },
  HostConfig: {},
});

/** https://docs.docker.com/reference/api/engine/ "Stream format": stdout or stderr, three zero bytes, the length, the text. */
function asFrame({ stream, text }: DockerContainer['lines'][number]): Buffer {
  const line = Buffer.from(`${new Date().toISOString()} ${text}\n`);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream === 'stdout' ? 1 : 2, 0);
  header.writeUInt32BE(line.length, 4);
  return Buffer.concat([header, line]);
}
