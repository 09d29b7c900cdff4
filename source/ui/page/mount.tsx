import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** Renders a page. After an uncaught error, React unmounts everything, so a message replaces the page. */
export function mount(page: ReactNode, report: (error: unknown, componentStack: string) => void): void {
  const root = document.getElementById('root')!;
  createRoot(root, {
    onUncaughtError(error, { componentStack }) {
      report(error, componentStack ?? '');
      root.textContent = 'Something went wrong. Reload the page to continue.';
    },
  }).render(page);
}
