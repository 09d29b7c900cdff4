import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { closing } from './closing.ts';
import { findOnPath } from './on-path.ts';
import { run } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A certificate authority for one test, and a certificate that it issued for localhost. */
export type Certificates = AsyncDisposable & {
  /** The file to trust: NODE_EXTRA_CA_CERTS for Node, SSL_CERT_FILE for Go programs. */
  authority: string;
  key: string;
  certificate: string;
};

/** Why tests that need certificates can't run here, or false. In CI, it is an error instead. */
export async function missingOpenssl(): Promise<string | false> {
  if (await findOnPath('openssl')) return false;
  if (process.env.CI) throw new Error('there is no openssl on this machine');
  return 'not run: openssl';
}

/** @param names of the host, in certificate syntax; a name other than localhost makes the certificate invalid */
export async function makeCertificates(names = 'DNS:localhost,IP:127.0.0.1'): Promise<Certificates> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'certificates');
  const file = (name: string) => path.join(folder, name);
  const openssl = (command: string) => run('openssl', command.split(' '), { cwd: folder });
  const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
  const authority = '-days 2 -subj /CN=test-authority -addext basicConstraints=critical,CA:TRUE';
  await openssl(`req -x509 ${newKey} -keyout ca.key -out ca.pem ${authority}`);
  await openssl(`req ${newKey} -keyout server.key -out server.csr -subj /CN=test-endpoint`);
  await writeFile(file('names'), `subjectAltName=${names}\n`);
  const issuer = '-CA ca.pem -CAkey ca.key -CAcreateserial';
  await openssl(`x509 -req -in server.csr ${issuer} -days 2 -extfile names -out server.pem`);
  const [key, certificate] = [await readFile(file('server.key'), 'utf8'), await readFile(file('server.pem'), 'utf8')];
  return closing(resources, { authority: file('ca.pem'), key, certificate });
}
