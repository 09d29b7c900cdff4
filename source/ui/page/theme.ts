import { recall, remember } from './storage.ts';
import { createStore, useStore } from './store.ts';

/** Light or dark: the system's preference unless the user chooses. The stylesheet implements it with `color-scheme`. */
type Theme = 'light' | 'dark';

const KEY = 'mythical.theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

const remembered = recall(KEY);
if (remembered === 'light' || remembered === 'dark') document.documentElement.dataset.theme = remembered;

const theme = createStore<Theme>(current());
systemDark.addEventListener('change', () => theme.update(current));

function current(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return systemDark.matches ? 'dark' : 'light';
}

export function useTheme(): Theme {
  return useStore(theme);
}

export function setTheme(chosen: Theme): void {
  document.documentElement.dataset.theme = chosen;
  remember(KEY, chosen);
  theme.update(current);
}
