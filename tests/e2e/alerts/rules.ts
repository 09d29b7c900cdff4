import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { inProject } from '../../support/project.ts';

export type AlertingRule = {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};
export type RecordingRule = { record: string; expr: string; labels?: Record<string, string> };
export type Rule = AlertingRule | RecordingRule;
export type RuleFile = { file: string; groups: { name: string; interval: string; rules: Rule[] }[] };

/** The folder where each ruler finds its rules, for its single tenant. */
export const RULE_FOLDERS = {
  mimir: inProject('mimir/rules/anonymous'),
  loki: inProject('loki/rules/fake'),
} as const;

export type Ruler = keyof typeof RULE_FOLDERS;

export function readRules(ruler: Ruler): RuleFile[] {
  const folder = RULE_FOLDERS[ruler];
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ file, ...parse(readFileSync(path.join(folder, file), 'utf8')) }));
}

export const isAlert = (rule: Rule): rule is AlertingRule => 'alert' in rule;

export const rulesOf = (ruler: Ruler): Rule[] =>
  readRules(ruler).flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));

export const alertsOf = (ruler: Ruler): AlertingRule[] => rulesOf(ruler).filter(isAlert);
