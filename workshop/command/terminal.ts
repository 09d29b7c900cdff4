import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where output goes, and where answers come from. */
export type Terminal = {
  say(text?: string): void;
  style(style: Style, text: string): string;
  /** Asks a question; undefined if no one can answer, as in a pipe. */
  ask(question: string, signal?: AbortSignal): Promise<string | undefined>;
};

export const terminal: Terminal = {
  say: (text = '') => console.log(text),
  style: (style, text) => styleText(style, text, { stream: process.stdout }),
  async ask(question, signal) {
    if (!process.stdin.isTTY) return undefined;
    const input = createInterface({ input: process.stdin, output: process.stdout });
    try {
      return await input.question(question, signal ? { signal } : {});
    } catch {
      return undefined;
    } finally {
      input.close();
    }
  },
};

/** Markdown for a terminal: headings and code are highlighted, everything else is unchanged. */
export function renderMarkdown(text: string, { style }: Terminal): string {
  let inCode = false;
  return text
    .split('\n')
    .map((line) => {
      // In a numbered list, it is indented.
      if (line.trimStart().startsWith('```')) {
        inCode = !inCode;
        return '';
      }
      if (inCode) return style('cyan', `    ${line}`);
      if (/^#+ /.test(line)) return style('bold', line.replace(/^#+ /, ''));
      return line
        .replace(/\*\*([^*]+)\*\*/g, (_, bold) => style('bold', bold))
        .replace(/(?<![\w*])\*([^\s*`][^*`]*)\*(?![\w*])/g, (_, it) => style('italic', it))
        .replace(/`([^`]+)`/g, (_, code) => style('cyan', code));
    })
    .join('\n')
    .replace(/\n{3,}/g, '\n\n');
}
