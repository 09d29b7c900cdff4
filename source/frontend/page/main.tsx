import { mount } from '@mythical/ui/page/mount.tsx';
import { App } from './app.tsx';
import { createControlRoom } from './control-room/control-room.ts';

const apiUrl = document.querySelector<HTMLMetaElement>('meta[name="api-url"]')!.content.replace(/\/$/, '');
const room = createControlRoom(apiUrl, () => document.visibilityState === 'visible');
mount(<App room={room} apiUrl={apiUrl} />, (error, componentStack) => room.report(error, { componentStack }));
void room.start();
