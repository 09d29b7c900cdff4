import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Finds turns of phrase that a native engineer wouldn't write, in every text file that git tracks. Part of
 * `npm run check`.
 */
const TICS: [pattern: RegExp, instead: string][] = [
  // In quotes, it's the name of an account.
  [/(?<!')\bnobody\b/i, 'say who, or "no one"'],
  [/\bsomebody\b/i, '"someone", or say who'],
  [/\bwhoever\b/i, '"anyone who"'],
  [/\bby (?:itself|themselves)\b/i, '"on its own", "automatically", or nothing'],
  [/\banew\b/i, '"again"'],
  [/\bsays? so\b/i, 'say what it reports'],
  [/\b(?:stands?|stood|standing) in (?:the|a|its|our|their)\b/i, '"is in"'],
  [/\bof (?:its|their|our|your) own\b/i, '"its own X", "separate"'],
  [/\bfor want of\b/i, '"because there is no"'],
  [/\b(?:do|does|did) without\b/i, '"leave out", "turn off"'],
  [/\btold below\b/i, '"described below"'],
  [/\btakes? it long\b/i, '"is slow to"'],
  [/\bin the place of\b/i, '"instead of"'],
  [/\bheld against\b/i, '"compared with"'],
  [/\bby way of\b/i, '"through"'],
  [/\binside of\b/i, '"inside"'],
  [/\bone's own\b/i, '"your own"'],
  [/\b(?:is|are) usual\b/i, '"is normal"'],
  [/\b(?:that|which) (?:is|are) none\b/i, '"invalid"'],
  [/\b(?:is|are) not well\b/i, '"is unhealthy"'],
  [/\bwithout help\b/i, '"automatically"'],
  [/\bworked off\b/i, '"processed", "drained"'],
  [/\bof (?:its|their) like\b/i, '"similar"'],
];

const TEXT =
  /\.(?:ts|tsx|css|c?js|md|ya?ml|alloy|sh|sql|json|html|ini|conf|env)$|(?:^|\/)(?:Dockerfile|run|dockerd|\.env\.example)$/;
const EXEMPT = /^(?:package-lock\.json|LICENSE|tools\/check-english\.ts|grafana\/dashboards\/json\/)/;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).split('\n');
const findings = files
  .filter((file) => TEXT.test(file) && !EXEMPT.test(file))
  .flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        TICS.filter(([pattern]) => pattern.test(line)).map(
          ([pattern, instead]) => `${file}:${index + 1}: "${pattern.exec(line)![0]}": write ${instead}`,
        ),
      ),
  );
for (const finding of findings) console.error(finding);
if (findings.length > 0) console.error(`\n${findings.length} phrases to rewrite in plain English.`);
process.exitCode = findings.length > 0 ? 1 : 0;
