import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** Renders a page. After an error that no component caught, React removes everything: a sentence replaces it. */
export function mount(page: ReactNode, report: (error: unknown, componentStack: string) => void): void {
  const root = document.getElementById('root')!;
  createRoot(root, {
    onUncaughtError(error, { componentStack }) {
      report(error, componentStack ?? '');
      root.textContent = 'Something went wrong. Reload the page to continue.';
    },
  }).render(page);
}
