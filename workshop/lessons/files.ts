import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Lesson } from './lesson.ts';

type Name = 'lesson' | 'solution' | 'starter';

const extensionOf = ({ file }: Lesson, name: Name) =>
  name === 'lesson' ? 'md' : file === 'otel.yml' ? 'yml' : 'alloy';

export const fileOf = (lesson: Lesson, name: Name) =>
  path.join(import.meta.dirname, lesson.folder, `${name}.${extensionOf(lesson, name)}`);

export const textOf = (lesson: Lesson, name: Name) => readFileSync(fileOf(lesson, name), 'utf8');
