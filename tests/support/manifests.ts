import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { read, root } from './project.ts';

export type Container = {
  name: string;
  image: string;
  args?: string[];
  ports?: { containerPort: number }[];
  env?: { name: string; value?: string }[];
  resources: { requests: Record<string, string>; limits: Record<string, string> };
};

export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  data?: Record<string, string>;
  spec?: {
    ports?: { port: number }[];
    volumeClaimTemplates?: object[];
    template?: {
      metadata: { annotations?: Record<string, string> };
      spec: { containers: Container[]; serviceAccountName?: string };
    };
  };
};

/** All files in a folder of the project, relative to the project. */
export function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text, { merge: true }).map((document) => document.toJS());
}

/** The manifests in kubernetes/, as written: before components and overlays change them. */
export function writtenManifests(): Manifest[] {
  return filesBelow('kubernetes')
    .filter((file) => /(base|components|overlays)\/.+\.yaml$/.test(file) && !file.endsWith('kustomization.yaml'))
    .flatMap((file) => parseManifests(read(file)))
    .filter((one) => !Array.isArray(one));
}

export function writtenContainers(): Container[] {
  return writtenManifests()
    .flatMap(({ spec }) => spec?.template?.spec?.containers ?? [])
    .filter(({ image }) => image !== undefined);
}

type ComposeService = {
  image: string;
  command?: string | string[];
  build?: { args: Record<string, string> };
  mem_limit: string;
  volumes?: string[];
  environment?: Record<string, unknown>;
};

/** The services of a Compose file with the defaults of all variables, including nested ones. */
export function composeServices(file: string): Record<string, ComposeService> {
  let text = read(file);
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replaceAll(/\$\{\w+:?-([^${}]*)\}/g, '$1');
  }
  const tags = ['!reset', '!override'].flatMap((tag) => [
    { tag, resolve: () => undefined },
    { tag, collection: 'seq' as const },
  ]);
  return parse(text, { merge: true, logLevel: 'error', customTags: tags }).services;
}
