import type { Schema } from '@mythical/common/config';

/** Machine-specific variables: paths of programs, home and temporary folders, and trusted certificates. */
const OF_THE_MACHINE = [
  ['PATH', 'HOME', 'TMPDIR', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'],
  ['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP'],
  ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
].flat();

/** Identifies the sandbox that a process belongs to. */
const OWNER = 'MYTHICAL_DATA_DIR';

/**
 * The part of the shell's environment that a process of the sandbox inherits: machine-specific variables and the
 * process's own. Anything else (proxies, Node options, settings for other Postgres servers or collectors) is meant for
 * other programs, and could keep the parts of the sandbox from reaching each other.
 *
 * As everywhere in this project, an empty variable counts as unset.
 */
export function inherited(
  env: NodeJS.ProcessEnv,
  schema: Schema,
  isInheritedToo: (name: string) => boolean = () => false,
): NodeJS.ProcessEnv {
  const names = new Set([...OF_THE_MACHINE, OWNER, ...Object.keys(schema.shape)]);
  // Environment variables are case-insensitive on Windows, which has `Path`.
  const isInherited = (name: string) => names.has(name.toUpperCase()) || isInheritedToo(name.toUpperCase());
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== '' && isInherited(name)));
}
