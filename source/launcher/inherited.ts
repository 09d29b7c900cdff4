import type { Schema } from '@mythical/common/config';

/** What a program needs to know of the machine: where programs, people's files and temporary files are, and whom to trust. */
const OF_THE_MACHINE = [
  ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'],
  ['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'],
  ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
].flat();

/** Tells to which sandbox a process belongs. */
const OWNER = 'MYTHICAL_DATA_DIR';

/**
 * What a program of the sandbox inherits from the shell: what it needs of the machine, and the variables that are its
 * own. Anything else (a proxy, options of Node, settings of somebody's own Postgres or telemetry) is about other programs,
 * and could keep the parts of the sandbox from reaching each other.
 *
 * An empty variable counts as unset, as everywhere in this project.
 */
export function inherited(
  env: NodeJS.ProcessEnv,
  schema: Schema,
  isInheritedToo: (name: string) => boolean = () => false,
): NodeJS.ProcessEnv {
  const names = new Set([...OF_THE_MACHINE, OWNER, ...Object.keys(schema.shape)]);
  // Windows doesn't care about capitals, and writes `Path`.
  const isInherited = (name: string) => names.has(name.toUpperCase()) || isInheritedToo(name.toUpperCase());
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' && isInherited(name)));
}
