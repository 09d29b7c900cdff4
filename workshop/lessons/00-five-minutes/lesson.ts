import type { Lesson } from '../lesson.ts';

export default {
  ...{ name: '0', folder: '00-five-minutes', title: 'Five minutes: what went wrong?', minutes: 5, file: undefined },
  requirements: [],
  question: {
    text: 'Which function used up the CPU of mythical-server?',
    answer: /^countDragonScalesTheSlowWay(\(\))?$/i,
    reason: 'In the flame graph of the minute of the incident, one function is wider than all others.',
  },
  live: [],
} satisfies Lesson;
