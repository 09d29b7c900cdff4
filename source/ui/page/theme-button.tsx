import { Icon } from './icon.tsx';
import { setTheme, useTheme } from './theme.ts';

export function ThemeButton() {
  const theme = useTheme();
  const other = theme === 'dark' ? 'light' : 'dark';
  const label = `Switch to ${other} theme`;
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={() => setTheme(other)}>
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
}
