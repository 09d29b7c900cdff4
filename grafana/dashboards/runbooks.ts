import { dashboardOf } from '../layout/dashboard.ts';
import { RUNBOOKS } from '../layout/runbooks.ts';
import { words } from '../panels/text.ts';

/** docs/runbooks.md as a dashboard, with one panel per alert, so that the links of alerts work without internet access. */
export const runbooks = () =>
  dashboardOf({
    name: 'runbooks',
    aboutAlerts: true,
    description:
      'What to do about each alert: what it means, what to look at and in which order, how to make it fire, and when it clears. The text is that of docs/runbooks.md.',
    rows: [
      {
        panels: RUNBOOKS.map(({ title, text, lines }) =>
          words({
            title,
            description: `What to do when ${title} fires.`,
            text,
            width: 24,
            // Two lines of text are about as high as one grid row of Grafana.
            height: Math.min(20, 3 + Math.ceil(lines * 0.9)),
          }),
        ),
      },
    ],
  });
