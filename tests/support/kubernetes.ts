import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { run } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

export type Access = { verb: string; group: string; resource: string; subresource?: string; namespace?: string };

export type Kubernetes = {
  /** Runs kubectl as a cluster admin. Rejects with its output if it fails. */
  kubectl(args: string[], input?: string): Promise<{ stdout: string; stderr: string }>;
  /** Asks, as the same user, who may do what: a SubjectAccessReview. */
  allows(user: string, access: Access): Promise<boolean>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Programs = { etcd: string; apiServer: string; kubectl: string };

const TOKEN = 'test';
/** The permissions of every service account. */
const GROUPS_OF_ACCOUNTS = ['system:serviceaccounts', 'system:authenticated'];

/**
 * A real API server with a real etcd: it accepts, validates and stores objects, and decides about permissions. There are no
 * nodes and no controllers, so nothing is created from them.
 */
export async function startKubernetes(programs: Programs): Promise<Kubernetes> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'kubernetes');
  const [client, secure] = [await freePort(), await freePort()];
  resources.use(await startEtcd(programs.etcd, client, folder));
  const apiServer = resources.use(await startApiServer(programs.apiServer, client, secure, folder));
  const server = `https://127.0.0.1:${secure}`;
  // Its certificate is self-signed.
  const authority = path.join(folder, 'certificates/apiserver.crt');

  async function kubectl(args: string[], input?: string) {
    const connection = [`--server=${server}`, `--certificate-authority=${authority}`, `--token=${TOKEN}`];
    const env = { PATH: process.env.PATH, HOME: folder };
    const running = run(programs.kubectl, [...connection, ...args], { env, maxBuffer: 50_000_000 });
    running.child.stdin?.end(input);
    return running;
  }
  await until(() => kubectl(['get', '--raw=/readyz']), {
    timeoutMs: 120_000,
    intervalMs: 500,
    what: () => `the API server: ${apiServer.lines.slice(-10).join('\n')}`,
  });

  const agent = new Agent({ ca: await readFile(authority), keepAlive: true, maxSockets: 8 });
  resources.defer(() => agent.destroy());
  async function allows(user: string, access: Access): Promise<boolean> {
    const review = { spec: { user, groups: GROUPS_OF_ACCOUNTS, resourceAttributes: access } };
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const url = `${server}/apis/authorization.k8s.io/v1/subjectaccessreviews`;
    const asked = request(url, { agent, method: 'POST', headers }).end(JSON.stringify(review));
    const [response] = await once(asked, 'response');
    const answer = JSON.parse(Buffer.concat(await Array.fromAsync(response as AsyncIterable<Buffer>)).toString());
    if (answer.status?.allowed === undefined) throw new Error(JSON.stringify(answer));
    return answer.status.allowed;
  }
  return closing(resources, { kubectl, allows });
}

async function startEtcd(program: string, client: number, folder: string): Promise<ChildProgram> {
  const peers = `http://127.0.0.1:${await freePort()}`;
  const args = [
    `--data-dir=${folder}/etcd`,
    // Its data needn't survive a crash of the machine.
    '--unsafe-no-fsync',
    ...['listen', 'advertise'].map((verb) => `--${verb}-client-urls=http://127.0.0.1:${client}`),
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
  ];
  return startChildProgram(program, args, { ready: `http://127.0.0.1:${client}/health` });
}

async function startApiServer(program: string, etcd: number, port: number, folder: string): Promise<ChildProgram> {
  const [tokens, key] = [path.join(folder, 'tokens.csv'), path.join(folder, 'accounts.key')];
  await writeFile(tokens, `${TOKEN},admin,admin,system:masters\n`);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const args = [
    `--etcd-servers=http://127.0.0.1:${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${folder}/certificates`,
    `--token-auth-file=${tokens}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // Otherwise pods need accounts that a controller would create.
    '--disable-admission-plugins=ServiceAccount',
  ];
  return startChildProgram(program, args, { ready: (line) => line.includes('Serving securely'), timeoutMs: 120_000 });
}
