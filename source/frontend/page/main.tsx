import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createControlRoom } from './control-room/control-room.ts';
import { restoreTheme } from './theme.ts';
import './page.css';

restoreTheme();
const apiUrl = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')!.content.replace(/\/$/, '');
const room = createControlRoom(apiUrl, () => document.visibilityState === 'visible');
const root = document.getElementById('root')!;

createRoot(root, {
  onUncaughtError(error, { componentStack }) {
    room.report(error, { componentStack: componentStack ?? '' });
    // React has taken everything away by now.
    root.textContent = 'Something in this page broke. Reload it to go on; the error was reported.';
  },
}).render(<App room={room} apiUrl={apiUrl} />);

void room.start();
