/** Light or dark: as the system says, until the person chooses; the stylesheet does the rest through `color-scheme`. */
export type Theme = 'light' | 'dark';

const KEY = 'mythical.theme';

export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

export function setTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  remember(theme);
}

export function restoreTheme(): void {
  const remembered = recall();
  if (remembered === 'light' || remembered === 'dark') document.documentElement.dataset.theme = remembered;
}

// A browser may refuse a page its storage; then the choice lasts as long as the page.
function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {}
}

function recall(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
