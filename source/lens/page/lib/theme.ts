/** Light or dark: as the system says, until the user chooses; the stylesheet does the rest through `color-scheme`. */
export type Theme = 'light' | 'dark';

const KEY = 'lens.theme';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(KEY, theme);
}

const remembered = localStorage.getItem(KEY);
if (remembered === 'light' || remembered === 'dark') document.documentElement.dataset.theme = remembered;
