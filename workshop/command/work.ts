import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lesson } from '../lessons/lesson.ts';

// The student's files. Nothing is ever overwritten: a file that is replaced is first kept in saved/.

export const WORK_FOLDER = path.join(import.meta.dirname, '../work');

export type Progress = {
  current: string | undefined;
  lessons: Record<string, { passed?: boolean; answered?: boolean; hints?: Record<string, number>; seed?: number }>;
};

export type Work = {
  folder: string;
  progress: Progress;
  /** The file to edit, if the lesson has one. */
  fileOf(lesson: Lesson): string;
  /** Makes a lesson the current one, with what was written for it, or with its starter. */
  begin(lesson: Lesson, starter: string): Promise<'started' | 'restored' | 'kept'>;
  /** Replaces the current text, keeps the old one, and returns its name. */
  replace(lesson: Lesson, text: string): Promise<string | undefined>;
  save(): Promise<void>;
};

export async function openWork(folder: string): Promise<Work> {
  const stateFile = path.join(folder, 'progress.json');
  const saved = path.join(folder, 'saved');
  await mkdir(saved, { recursive: true });
  const progress = await readProgress(stateFile);
  const fileOf = (lesson: Lesson) => path.join(folder, lesson.file ?? 'config.alloy');
  const savedAs = (name: string, file: string) => path.join(saved, `${name}${path.extname(file)}`);

  const work: Work = {
    folder,
    progress,
    fileOf,
    async begin(lesson, starter) {
      const file = fileOf(lesson);
      const there = await exists(file);
      const same = progress.current === lesson.name;
      if (lesson.file && !(same && there)) {
        // If a file's lesson isn't known, it is named after the time.
        if (there) await copyFile(file, savedAs(progress.current ?? `found-${timeForName()}`, file));
        const before = await readFile(savedAs(lesson.name, file), 'utf8').catch(() => undefined);
        await write(file, before ?? starter);
        progress.current = lesson.name;
        await work.save();
        return before === undefined ? 'started' : 'restored';
      }
      progress.current = lesson.name;
      await work.save();
      return lesson.file ? 'kept' : 'started';
    },
    async replace(lesson, text) {
      const file = fileOf(lesson);
      const kept = (await exists(file)) ? savedAs(`${lesson.name}-${timeForName()}`, file) : undefined;
      if (kept) await copyFile(file, kept);
      await write(file, text);
      return kept;
    },
    async save() {
      await write(stateFile, `${JSON.stringify(progress, undefined, 2)}\n`);
    },
  };
  return work;
}

/** Writes all or nothing, so that Ctrl-C never leaves half a file; readable by Alloy, which runs as another user. */
export async function write(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode: 0o644 });
  await rename(temporary, file);
}

async function readProgress(file: string): Promise<Progress> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { current: undefined, lessons: {} };
  try {
    const progress = JSON.parse(text) as Progress;
    if (typeof progress.lessons === 'object') return progress;
    throw new TypeError('no lessons');
  } catch {
    // Starting is more important than progress; the broken file is kept.
    await rename(file, `${file}.broken`);
    return { current: undefined, lessons: {} };
  }
}

const exists = (file: string) =>
  readFile(file).then(
    () => true,
    () => false,
  );

const timeForName = () => new Date().toISOString().slice(0, 19).replaceAll(':', '-');
